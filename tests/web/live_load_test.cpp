#include <gtest/gtest.h>

#include "tests/web/live_client.hpp"
#include "tests/web/running_server.hpp"

namespace testudo::web {
namespace {

using namespace std::chrono_literals;

// Two hundred browsers on one audience: everyone gets every state in order, and the last one soon after the first.
TEST(LiveLoad, TwoHundredClientsSeeTheSame) {
    constexpr std::uint64_t states = 20;
    RunningServer run;
    json::object view{{"seq", 1}, {"text", std::string(20'000, 'x')}};
    const auto publish = [&](std::uint64_t from, std::uint64_t seq) {
        const auto before = view;
        view["seq"] = seq;
        Publication p;
        p.at = {"e", seq};
        p.from = from;
        p.patch = merge_patch(before, view);
        p.view = std::make_shared<const json::object>(view);
        p.event_at = std::chrono::steady_clock::now();
        run.hub.publish("white", std::move(p));
    };
    publish(0, 1);
    std::vector<LiveTestClient> clients;
    for (int i = 0; i < 200; ++i) {
        clients.emplace_back(run.port());
        ASSERT_TRUE(clients.back().connected());
        clients.back().subscribe(run.white);
        ASSERT_TRUE(clients.back().receive_document());
    }
    std::chrono::steady_clock::duration slowest{};
    for (std::uint64_t seq = 2; seq <= states; ++seq) {
        const auto begin = std::chrono::steady_clock::now();
        publish(seq - 1, seq);
        for (auto& client : clients) {
            const auto message = client.receive_document();
            ASSERT_TRUE(message);
            ASSERT_EQ(text_or(*message, "type"), "delta");
            ASSERT_EQ(int_or(*message, "seq"), static_cast<std::int64_t>(seq));
        }
        slowest = std::max(slowest, std::chrono::steady_clock::now() - begin);
    }
    // Generous, for a busy builder under a sanitizer: it is a few milliseconds on an idle one (tests/bench/fanout).
    EXPECT_LT(slowest, 2s);
}

} // namespace
} // namespace testudo::web
