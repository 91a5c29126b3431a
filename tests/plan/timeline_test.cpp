#include <gmock/gmock.h>

#include "tests/plan/planned.hpp"

namespace testudo::plan {
namespace {

using testing::ElementsAre;

const std::string web =
    "rules:\n  - { at: gate, allow: [internet -> portal.web, internet -> portal.ssh, office -> internet] }\n"
    "checks:\n  web: { from: internet, of: portal.web, ask: { path: / } }\n";

Plan with(const std::string& timeline) {
    return planned(small_range + web + "timeline:\n" + timeline);
}

TEST(Timeline, actions_on_the_target_run_there) {
    const auto plan = with("  - { action: deface, id: defaced, at: T+2m, on: portal, attack: T1491.002, with: { path: "
                           "/x, text: \"{{ team.id }}\" },\n"
                           "      impact: { points: 30, level: admin }, restore: { points: 20, within: 6m } }\n");
    const auto& inject = *find_inject(plan, "defaced");
    ASSERT_EQ(inject.targets.size(), 2U);
    EXPECT_EQ(inject.targets[1].agent, "portal@south");
    EXPECT_EQ(inject.targets[1].target, "portal@south");
    EXPECT_EQ(inject.targets[1].address, "");
    EXPECT_EQ(json::serialize(inject.targets[1].params), R"({"path":"/x","text":"south"})");
    EXPECT_TRUE(inject.has_effect && inject.idempotent);
    EXPECT_EQ(inject.impact_milli, 30'000);
    EXPECT_EQ(inject.level_milli, 667);
    EXPECT_EQ(inject.restore_target, Millis(360'000));
    EXPECT_EQ(inject.controller, "red");
    EXPECT_FALSE(inject.per_team);
    EXPECT_EQ(inject.when.kind, When::Kind::at);
    EXPECT_EQ(inject.when.text, "T+2m");
}

TEST(Timeline, attackers_get_an_address_and_may_touch_it) {
    const auto plan =
        with("  - { action: guess-password, id: g, at: T+2m, by: crow, on: portal.ssh, family: ipv6, to: south, with: "
             "{ user: a, passwords: b } }\n"
             "  - { action: sweep-ports, id: s, at: T+3m, by: crow, on: office, with: { ports: [22, 80] } }\n");
    const auto& guess = find_inject(plan, "g")->targets;
    ASSERT_EQ(guess.size(), 1U);
    EXPECT_EQ(guess[0].agent, "crow");
    EXPECT_EQ(guess[0].address, "2001:db8:2::80");
    EXPECT_EQ(json::serialize(guess[0].params.at("passwords")), R"(["b"])");
    const auto& sweep = find_inject(plan, "s")->targets;
    ASSERT_EQ(sweep.size(), 2U);
    EXPECT_EQ(text_or(sweep[0].params, "network"), "198.18.1.0/24");
    EXPECT_EQ(json::serialize(sweep[0].params.at("ports")), "[22,80]");
    EXPECT_THAT(find_machine(plan, "crow")->reach, ElementsAre("198.18.1.0/24", "198.18.2.0/24", "2001:db8:2::80"));
}

TEST(Timeline, services_give_their_unit_and_beacons_their_address) {
    const auto plan =
        with("  - { action: stop-service, id: s, at: T+2m, on: portal.web }\n"
             "  - { action: beacon, id: b, at: T+2m, on: portal, with: { to: crow, port: 80, interval: 5s } }\n");
    EXPECT_EQ(text_or(find_inject(plan, "s")->targets.at(0).params, "service"), "nginx");
    EXPECT_EQ(json::serialize(find_inject(plan, "b")->targets.at(0).params),
              R"({"address":"198.18.0.66","port":80,"interval_ms":5000})");
    EXPECT_THAT(find_machine(plan, "portal@north")->reach, ElementsAre("198.18.0.66"));
}

TEST(Timeline, acts_that_go_on_say_how_long) {
    const auto plan = with(
        "  - { action: beacon, id: b, at: T+2m, on: portal, with: { to: crow, port: 80, count: 12, interval: 5s } }\n"
        "  - { action: guess-password, id: g, at: T+2m, by: crow, on: portal.ssh, with: { user: a, passwords: [b, c] "
        "} }\n"
        "  - { action: stop-service, id: s, at: T+2m, on: portal.web }\n");
    EXPECT_EQ(find_inject(plan, "b")->lasts, Millis(84'000)) << "five seconds between calls of two at most";
    EXPECT_EQ(find_inject(plan, "g")->lasts, Millis(30'000));
    EXPECT_EQ(find_inject(plan, "s")->lasts, Millis(0));
}

TEST(Timeline, what_depends_on_a_team_is_fired_per_team) {
    const auto plan =
        with("  - { action: stop-service, id: s, at: T+2m, on: portal.web }\n"
             "  - { message: a, when: s holds for 1m, from: C, subject: S, body: B }\n"
             "  - { message: b, when: 1m after a, from: C, subject: S, body: B }\n"
             "  - { message: c, when: 1m after s, from: C, subject: S, body: B }\n"
             "  - { message: d, when: { any: [manual, { not: score above 10 }] }, from: C, subject: S, body: B }\n");
    EXPECT_TRUE(find_inject(plan, "a")->per_team);
    EXPECT_TRUE(find_inject(plan, "b")->per_team);
    EXPECT_FALSE(find_inject(plan, "c")->per_team);
    EXPECT_TRUE(find_inject(plan, "d")->per_team);
    EXPECT_EQ(find_inject(plan, "d")->when.parts.at(1).parts.at(0).milli, 10'000);
}

TEST(Timeline, messages_expect_reports_worth_their_rubric) {
    const auto plan = with(
        "  - { message: a, at: T+1m, title: Call, to: [south, south], late: hold, draft: true, from: C, subject: S,\n"
        "      body: B, expects: { report: media, within: 8m, rubric: { tone: { title: Calm, points: 7.5 }, facts: 10 "
        "} } }\n");
    const auto& inject = *find_inject(plan, "a");
    EXPECT_THAT(inject.teams, ElementsAre("south"));
    EXPECT_EQ(inject.expects.value_milli, 17'500);
    ASSERT_EQ(inject.expects.rubric.items.size(), 2U);
    EXPECT_EQ(inject.expects.rubric.items[0].title, "Calm");
    EXPECT_EQ(inject.expects.rubric.items[1].title, "facts");
    EXPECT_EQ(inject.late, "hold");
    EXPECT_FALSE(inject.approved);
}

TEST(Timeline, only_what_is_approved_is_approved) {
    const auto plan = with("  - { message: a, at: T+1m, approval: draft, from: C, subject: S, body: B }\n"
                           "  - { message: b, at: T+1m, approval: proposed, from: C, subject: S, body: B }\n"
                           "  - { message: c, at: T+1m, approval: approved, from: C, subject: S, body: B }\n"
                           "  - { message: d, at: T+1m, draft: true, from: C, subject: S, body: B }\n"
                           "  - { message: e, at: T+1m, from: C, subject: S, body: B }\n");
    std::string states;
    for (const auto& inject : plan.injects)
        states += std::string(approval_of(inject)) + " " + (inject.approved ? "fires " : "");
    EXPECT_EQ(states, "draft proposed approved fires draft approved fires ");
    const auto again = plan_from_json(to_json(plan));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(to_json(*again), to_json(plan));
}

TEST(Timeline, phases_are_in_order) {
    const auto plan = planned(small_range + "phases:\n  b: { at: T+5m }\n  a: { at: T+0s, title: First }\n");
    ASSERT_EQ(plan.phases.size(), 2U);
    EXPECT_EQ(plan.phases[0].title, "First");
    EXPECT_EQ(plan.phases[1].at, Millis(300'000));
}

TEST(Scoring, weights_are_points_of_a_thousand) {
    const auto plan = planned(small_range + web + "scoring: { availability: { weight: 1000, title: Up } }\n");
    ASSERT_EQ(plan.categories.size(), 1U);
    EXPECT_EQ(plan.categories[0].weight_milli, 1'000'000);
    EXPECT_EQ(plan.categories[0].title, "Up");
    EXPECT_EQ(planned(small_range).categories.at(0).id, "availability");
}

} // namespace
} // namespace testudo::plan
