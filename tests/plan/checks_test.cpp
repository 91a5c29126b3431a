#include <gmock/gmock.h>

#include "orchestrator/plan/describe.hpp"
#include "tests/plan/planned.hpp"

namespace testudo::plan {
namespace {

using testing::ElementsAre;

const std::string web_allowed = "rules:\n  - { at: gate, allow: [internet -> portal.web, internet -> portal icmp] }\n";

TEST(Checks, what_users_do_is_asked_but_not_charged) {
    const auto plan = planned(small_range + R"(
  desk:
    { per: team, count: 2, image: debian, on: { office: "{{ 100 + index }}" }, serves: { ftp: { protocol: tcp, port: 21 } } }
rules: [{ at: gate, allow: [internet -> portal.web, internet -> desk.ftp] }]
checks: { portal-answers: { from: internet, of: portal.web, ask: { path: /news } } }
users:
  staff:
    title: Staff
    from: internet
    of: [portal.web, { of: desk.ftp, expect: { banner: "220 {{ index }}" } }]
    every: 15s
timeline: [{ message: complaint, when: check staff-portal-web down for 1m, from: Staff, subject: Slow, body: Hm }]
)");
    ASSERT_EQ(plan.users.size(), 1U);
    EXPECT_EQ(plan.users[0].title, "Staff");
    const auto* check = find_check(plan, "staff-portal-web@south");
    ASSERT_NE(check, nullptr);
    EXPECT_EQ(check->users, "staff");
    EXPECT_EQ(check->title, "Staff: portal.web");
    EXPECT_EQ(check->target, "portal@south");
    EXPECT_EQ(check->period, Millis(15'000));
    EXPECT_EQ(check->weight_milli, 0);
    EXPECT_EQ(check->twin, "");
    EXPECT_EQ(text_or(check->params, "path"), "/") << "if nothing else is said";
    EXPECT_EQ(find_check(plan, "staff-portal-web@reference"), nullptr);
    const auto* second = find_check(plan, "staff-desk-ftp-2@north");
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(second->params.at("banner").as_string(), "220 2");
    EXPECT_EQ(plan.services.size(), 1U) << "users have no column of the board";
    EXPECT_EQ(find_check(plan, "portal-answers@north")->users, "");
    EXPECT_THAT(describe(plan), testing::HasSubstr("Users, of each team\n    staff "));
    const auto again = plan_from_json(to_json(plan));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(to_json(*again), to_json(plan));
}

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
