#include "orchestrator/rehearse/world.hpp"

#include <gtest/gtest.h>

#include "orchestrator/rehearse/symptom.hpp"
#include "tests/plan/sample_plan.hpp"

namespace testudo::rehearse {
namespace {

using namespace std::chrono_literals;

class Played {
  public:
    plan::Plan plan = plan::sample_plan();
    VirtualLoop loop;
    World world{loop, plan};

    json::object body() const {
        return {{"action", "deface"}, {"params", plan.injects[1].targets[0].params}, {"act", "defaced@north-1"}};
    }
    // What comes back by the time given; empty if nothing has.
    json::object ask(const std::string& machine, const std::string& op, const json::object& body, Millis within = 0ms) {
        auto answer = std::make_shared<json::object>();
        world.request(machine, op, body, 1s, [answer](const Result<json::object>& reply) { *answer = *reply; });
        EXPECT_TRUE(answer->empty()) << "nothing is called back from inside a call";
        loop.advance(within);
        return *answer;
    }
    std::string page_of_north() {
        const auto& check = plan.checks[1];
        return text_or(ask("vantage", "probe",
                           {{"type", check.type}, {"address", check.address}, {"port", 80}, {"params", check.params}}),
                       "result");
    }
};

TEST(World, an_effect_is_seen_by_the_check_that_asks_for_it_until_it_is_mended) {
    Played p;
    std::string effect;
    p.world.on_effect([&](const plan::Inject& inject, const std::string& team, const std::string& name) {
        EXPECT_EQ(inject.id, "defaced");
        EXPECT_EQ(team, "north");
        effect = name;
    });
    EXPECT_EQ(p.page_of_north(), "pass");
    EXPECT_EQ(text_or(p.ask("portal@north", "act", p.body()), "outcome"), "ok");
    EXPECT_EQ(p.page_of_north(), "wrong");
    p.world.mend(effect);
    EXPECT_EQ(p.page_of_north(), "pass");
}

TEST(World, the_second_look_is_answered_when_a_look_every_ten_seconds_would_have_seen_the_end) {
    Played p;
    std::string effect;
    p.world.on_effect([&](const auto&, const auto&, const std::string& name) { effect = name; });
    p.ask("portal@north", "act", p.body());
    EXPECT_TRUE(bool_or(p.ask("portal@north", "inspect", p.body()), "holds"));
    auto answer = std::make_shared<json::object>();
    p.world.request("portal@north", "inspect", p.body(), 8s,
                    [answer](const Result<json::object>& reply) { *answer = *reply; });
    p.loop.advance(34s);
    EXPECT_TRUE(answer->empty()) << "it holds";
    p.world.mend(effect);
    p.loop.advance(5s);
    EXPECT_TRUE(answer->empty());
    p.loop.advance(1s);
    EXPECT_FALSE(bool_or(*answer, "holds", true));
    EXPECT_FALSE(bool_or(p.ask("portal@north", "inspect", p.body()), "holds", true));
}

TEST(World, every_machine_of_the_plan_is_there_and_set_up) {
    Played p;
    EXPECT_TRUE(p.world.connected("crow"));
    EXPECT_FALSE(p.world.connected("nobody"));
    EXPECT_TRUE(bool_or(p.ask("crow", "status", {{"brief", true}}), "personalised"));
}

TEST(Symptom, is_seen_by_the_checks_of_the_same_thing_only) {
    plan::Machine portal;
    portal.services = {{"web", "http", 80, "nginx"}, {"ssh", "ssh", 22, "ssh"}};
    const json::object front{{"path", "/"}, {"contains", "Harbour"}};
    const json::object berths{{"path", "/berths"}, {"contains", "Kestrel"}};
    const auto sees = [&](const char* action, const json::object& params, const char* type, int port,
                          const json::object& asked) {
        const auto symptom = symptom_of(portal, action, params, type, port, asked);
        return symptom ? std::string(symptom->result) : std::string("nothing");
    };
    const json::object nginx{{"service", "nginx"}};
    EXPECT_EQ(sees("stop-service", nginx, "http", 80, front), "fail");
    EXPECT_EQ(sees("stop-service", nginx, "tcp", 80, {}), "fail");
    EXPECT_EQ(sees("stop-service", nginx, "ssh", 22, {}), "nothing");
    EXPECT_EQ(sees("stop-service", nginx, "icmp", 0, {}), "nothing");
    EXPECT_EQ(sees("stop-service", {{"service", "office"}}, "http", 80, berths), "fail") << "it makes the pages";
    EXPECT_EQ(sees("stop-service", {{"service", "office"}}, "http", 80, front), "nothing");
    const json::object index{{"path", "/var/www/html/index.html"}, {"text", "Ours"}};
    EXPECT_EQ(sees("deface", index, "http", 80, front), "wrong");
    EXPECT_EQ(sees("deface", index, "http", 80, berths), "nothing");
    const json::object fast{{"register", 0}, {"value", 95}};
    EXPECT_EQ(sees("write-register", fast, "modbus", 502, {{"register", 0}, {"expect", 40}}), "wrong");
    EXPECT_EQ(sees("write-register", fast, "modbus", 502, {{"register", 0}, {"max", 100}}), "nothing");
    EXPECT_EQ(sees("write-register", fast, "modbus", 502, {{"register", 0}, {"max", 90}}), "wrong");
    EXPECT_EQ(sees("write-register", fast, "modbus", 502, {{"register", 1}, {"expect", 40}}), "nothing");
    EXPECT_EQ(sees("plant-file", {{"path", "/tmp/x"}}, "http", 80, front), "nothing");
}

} // namespace
} // namespace testudo::rehearse
