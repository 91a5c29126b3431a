#include "orchestrator/daemon/replay_server.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <thread>

#include "orchestrator/daemon/exercise_archive.hpp"
#include "orchestrator/store/sqlite_event_store.hpp"
#include "tests/plan/sample_plan.hpp"
#include "tests/store/scratch.hpp"
#include "web/server/client.hpp"

namespace testudo::daemon {
namespace {

Event event_of(const std::string& kind, std::int64_t exercise_ms, json::object body) {
    Event event;
    event.kind = kind;
    event.wall_ms = 1'700'000'000'000 + exercise_ms;
    event.exercise_ms = exercise_ms;
    event.body = std::move(body);
    return event;
}

json::object read_object(const std::string& file) {
    std::ifstream in(file);
    return parse_json(std::string(std::istreambuf_iterator<char>(in), {})).value().as_object();
}

// The archive of an exercise that was never ended, made two minutes after STARTEX.
TEST(ReplayServer, ShowsARunningExerciseAsItWasWhenItWasArchived) {
    const Scratch scratch;
    {
        auto log = std::move(*store::SqliteEventStore::open(scratch / "log"));
        std::vector<Event> events{
            event_of("exercise.created", -1, {{"plan", plan::to_json(plan::sample_plan())}}),
            event_of("exercise.started", 0, {{"by", "white"}, {"rate_milli", 1000}}),
            event_of("exercise.phase", 120'000, {{"phase", "startex"}}),
        };
        ASSERT_TRUE(log->append(events));
        const auto made = archive_log(scratch / "log", scratch / "a.testudo", RealClock());
        ASSERT_TRUE(made) << made.error().text();
    }
    RealLoop loop;
    auto server = ReplayServer::open(loop, {scratch / "a.testudo", "127.0.0.1", 0, "", scratch / "links.json"});
    ASSERT_TRUE(server) << server.error().text();
    const auto links = read_object(scratch / "links.json");
    // Without a token a replay shows nothing, so there is no link without one.
    EXPECT_FALSE(links.contains("public"));
    const auto url = text_or(links, "url");
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    std::thread domain([&loop] { loop.run(); });
    const auto get = [port](const std::string& token) {
        return web::send_request("127.0.0.1", port, "GET", "/api/v1/view", token, "").value();
    };
    EXPECT_EQ(get("").status, 401);
    for (const auto& link :
         {text_or(links, "white"), text_or(links, "instructor"), text_or(object_or_empty(links, "teams"), "north")}) {
        const auto answer = get(link.substr(link.find('=') + 1));
        EXPECT_EQ(answer.status, 200) << link;
        const auto clock = parse_json(answer.body).value().at("exercise").at("clock");
        EXPECT_EQ(json::serialize(clock),
                  R"({"exercise_ms":120000,"wall_ms":1700000120000,"rate_milli":1000,"running":false})");
    }
    loop.stop();
    domain.join();
}

} // namespace
} // namespace testudo::daemon
