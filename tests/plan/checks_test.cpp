#include <gmock/gmock.h>

#include "tests/plan/planned.hpp"

namespace testudo::plan {
namespace {

using testing::ElementsAre;

const std::string web_allowed = "rules:\n  - { at: gate, allow: [internet -> portal.web, internet -> portal icmp] }\n";

TEST(Checks, one_per_team_and_a_twin) {
    const auto plan = planned(
        small_range + web_allowed +
        "checks:\n  web: { from: internet, of: portal.web, ask: { path: / }, expect: { within: 1s }, weight: 2.5 }\n");
    ASSERT_EQ(plan.checks.size(), 3U);
    const auto& twin = plan.checks[0];
    EXPECT_EQ(twin.id, "web@reference");
    EXPECT_EQ(twin.team, "");
    EXPECT_EQ(twin.target, "good");
    EXPECT_EQ(twin.port, 80) << "the service of the same name, not the other that speaks HTTP";
    const auto& south = *find_check(plan, "web@south");
    EXPECT_EQ(south.twin, "web@reference");
    EXPECT_EQ(south.vantage, "probe-1");
    EXPECT_EQ(south.second_vantage, "probe-2");
    EXPECT_EQ(south.address, "198.18.2.80");
    EXPECT_EQ(south.type, "http");
    EXPECT_EQ(south.weight_milli, 2500);
    EXPECT_EQ(json::serialize(south.params), R"({"path":"/","slow_ms":1000})");
    EXPECT_THAT(plan.services, ElementsAre(std::pair<std::string, std::string>("portal", "portal")));
}

TEST(Checks, over_ipv6_when_asked) {
    const auto plan =
        planned(small_range + web_allowed +
                "checks:\n  ping: { from: probe-2, of: portal, family: ipv6, confirm: 2 of 3, every: 30s }\n");
    const auto& check = *find_check(plan, "ping@north");
    EXPECT_EQ(check.address, "2001:db8:1::80");
    EXPECT_EQ(check.type, "icmp");
    EXPECT_EQ(check.vantage, "probe-2");
    EXPECT_EQ(check.second_vantage, "");
    EXPECT_EQ(check.confirm_failures, 2);
    EXPECT_EQ(check.confirm_of, 3);
    EXPECT_EQ(check.period, Millis(30'000));
}

TEST(Checks, questions_know_the_team_and_the_reference_is_number_zero) {
    const auto plan = planned(
        small_range + web_allowed +
        "checks:\n  web: { from: internet, of: portal.web, ask: { path: \"/{{ team.number }}/{{ team.id }}\" } }\n");
    EXPECT_EQ(text_or(find_check(plan, "web@south")->params, "path"), "/2/south");
    EXPECT_EQ(text_or(find_check(plan, "web@reference")->params, "path"), "/0/reference");
}

TEST(Checks, agents_may_touch_what_they_are_asked_to_and_nothing_else) {
    const auto plan =
        planned(small_range + web_allowed + "checks:\n  web: { from: internet, of: portal.web, ask: { path: / } }\n");
    EXPECT_THAT(find_machine(plan, "probe-1")->reach, ElementsAre("198.18.0.80", "198.18.1.80", "198.18.2.80"));
    EXPECT_THAT(find_machine(plan, "portal@north")->reach, ElementsAre());
}

TEST(Checks, a_router_itself_can_be_asked) {
    EXPECT_EQ(planned(small_range + "checks:\n  ping: { from: internet, of: gate }\n").checks.size(), 3U);
    const auto inner = planned(small_range + web_allowed + "checks:\n  ping: { from: internet, of: portal }\n");
    EXPECT_EQ(inner.checks.size(), 3U);
}

TEST(Checks, what_no_packet_could_pass_is_refused) {
    const std::string check = "checks:\n  web: { from: internet, of: portal.web, ask: { path: / } }\n";
    EXPECT_THAT(codes(small_range + check), ElementsAre("T0809"));
    EXPECT_THAT(codes(small_range + "rules:\n  - { at: gate, allow: internet -> portal.ssh }\n" + check),
                ElementsAre("T0809"));
    EXPECT_THAT(codes(small_range + "rules:\n  - { at: gate, allow: crow -> portal.web }\n" + check),
                ElementsAre("T0809"));
}

} // namespace
} // namespace testudo::plan
