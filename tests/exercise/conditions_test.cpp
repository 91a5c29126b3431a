#include "orchestrator/exercise/view.hpp"
#include "tests/exercise/play.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;
using plan::When;

When at(Millis time) {
    return {When::Kind::at, time, "", "", 0, {}, ""};
}
When when(When::Kind kind, const std::string& ref, const std::string& what, Millis time = Millis(0),
          std::int64_t milli = 0) {
    return {kind, time, ref, what, milli, {}, ""};
}
When of(When::Kind kind, std::vector<When> parts) {
    return {kind, Millis(0), "", "", 0, std::move(parts), ""};
}

// The sample plan whose press call waits for this.
plan::Plan press_waits_for(When w, bool per_team = true) {
    auto plan = plan::sample_plan();
    plan.injects[2].when = std::move(w);
    plan.injects[2].per_team = per_team;
    return plan;
}

bool called(const Play& p, const std::string& team) {
    return p.stage_of("press-call", team) == "completed";
}

TEST(Conditions, after_another_inject) {
    Play p(press_waits_for(when(When::Kind::after, "advisory", "fired", 30s)));
    p.begin();
    p.run_to(89s);
    EXPECT_FALSE(called(p, "north"));
    p.run_to(90s);
    EXPECT_TRUE(called(p, "north"));
    EXPECT_EQ(p.engine->projection().state().inject("press-call", "north")->fired_ms, 90'000);
}

TEST(Conditions, skipping_keeps_what_depends_on_completion_from_ever_firing) {
    Play p(press_waits_for(when(When::Kind::after, "advisory", "completed")));
    p.begin();
    ASSERT_TRUE(p.engine->skip("advisory", "north", "white", ""));
    p.run_to(30min - 1s);
    EXPECT_FALSE(called(p, "north"));
    EXPECT_TRUE(called(p, "south"));
}

TEST(Conditions, dependants_follow_an_inject_that_is_fired_early) {
    Play p(press_waits_for(when(When::Kind::after, "defaced", "completed")));
    p.begin();
    p.run_to(10s);
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(11s);
    EXPECT_TRUE(called(p, "north"));
    EXPECT_FALSE(called(p, "south"));
}

TEST(Conditions, phase_began) {
    Play p(press_waits_for(when(When::Kind::phase, "recovery", "", 10s)));
    p.begin();
    p.run_to(1209s);
    EXPECT_FALSE(called(p, "north"));
    p.run_to(1210s);
    EXPECT_TRUE(called(p, "north"));
}

TEST(Conditions, check_down_for_a_while_and_each_team_by_itself) {
    Play p(press_waits_for(when(When::Kind::check, "portal-answers", "down", 60s)));
    p.begin();
    p.run_to(10s);
    p.guests.broken["198.18.11.80"] = {"fail", "refused"};
    p.run_to(40s);
    EXPECT_FALSE(called(p, "north"));
    p.run_to(90s);
    EXPECT_TRUE(called(p, "north"));
    EXPECT_FALSE(called(p, "south"));
}

TEST(Conditions, a_check_that_recovers_in_time_does_not_fire) {
    Play p(press_waits_for(when(When::Kind::check, "portal-answers", "down", 60s)));
    p.begin();
    p.guests.broken["198.18.11.80"] = {"fail", "refused"};
    p.run_to(40s);
    p.guests.broken.clear();
    p.run_to(110s);
    EXPECT_FALSE(called(p, "north"));
}

TEST(Conditions, what_became_true_stays_true) {
    Play p(press_waits_for(of(When::Kind::all, {when(When::Kind::check, "portal-answers", "down", 20s),
                                                when(When::Kind::report, "incident", "")})));
    p.begin();
    p.guests.broken["198.18.11.80"] = {"fail", "refused"};
    p.run_to(50s);
    p.guests.broken.clear();
    p.run_to(90s);
    EXPECT_FALSE(called(p, "north"));
    ASSERT_TRUE(p.engine->file_report("north", {"incident", "", "north", "It was down."}));
    p.loop.drain();
    EXPECT_TRUE(called(p, "north"));
    ASSERT_TRUE(p.engine->file_report("south", {"incident", "", "south", "All is well."}));
    p.loop.drain();
    EXPECT_FALSE(called(p, "south"));
}

TEST(Conditions, what_became_true_stays_true_over_a_crash) {
    Play p(press_waits_for(of(When::Kind::all, {when(When::Kind::check, "portal-answers", "down", 20s),
                                                when(When::Kind::report, "incident", "")})));
    p.begin();
    p.guests.broken["198.18.11.80"] = {"fail", "refused"};
    p.run_to(50s);
    p.guests.broken.clear();
    p.run_to(90s);
    p.crash();
    p.open();
    ASSERT_TRUE(p.engine->file_report("north", {"incident", "", "north", "It was down."}));
    p.loop.drain();
    EXPECT_TRUE(called(p, "north"));
}

TEST(Conditions, not_is_asked_when_it_matters) {
    Play p(press_waits_for(
        of(When::Kind::all, {at(100s), of(When::Kind::negation, {when(When::Kind::report, "incident", "")})})));
    p.begin();
    p.run_to(50s);
    ASSERT_TRUE(p.engine->file_report("north", {"incident", "", "north", "Seen."}));
    p.run_to(110s);
    EXPECT_FALSE(called(p, "north"));
    EXPECT_TRUE(called(p, "south"));
}

TEST(Conditions, effect_gone) {
    Play p(press_waits_for(when(When::Kind::effect, "defaced", "gone", 30s)));
    p.begin();
    p.run_to(150s);
    p.guests.mend("portal@north", "deface");
    p.run_to(170s);
    EXPECT_FALSE(called(p, "north"));
    p.run_to(195s);
    EXPECT_TRUE(called(p, "north"));
    EXPECT_FALSE(called(p, "south"));
}

TEST(Conditions, score_below) {
    Play p(press_waits_for(when(When::Kind::score, "", "below", 0s, 900'000)));
    p.begin();
    p.run_to(60s);
    EXPECT_FALSE(called(p, "north"));
    ASSERT_TRUE(p.engine->adjust("north", "reports", -150'000, "for the test", "white"));
    p.loop.drain();
    EXPECT_TRUE(called(p, "north"));
}

TEST(Conditions, an_inject_for_all_fires_when_one_team_meets_it) {
    Play p(press_waits_for(when(When::Kind::report, "incident", ""), false));
    p.begin();
    ASSERT_TRUE(p.engine->file_report("south", {"incident", "", "south", "Seen."}));
    p.loop.drain();
    EXPECT_TRUE(called(p, "north"));
    EXPECT_TRUE(called(p, "south"));
    EXPECT_EQ(p.count("inject.fired"), 1U);
}

TEST(Conditions, what_follows_an_inject_follows_the_same_teams) {
    Play p(press_waits_for(when(When::Kind::after, "defaced", "completed"), false));
    p.begin();
    p.guests.failing_actions.insert("deface");
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(1s);
    p.guests.failing_actions.clear();
    p.run_to(3min);
    EXPECT_FALSE(called(p, "north")) << "the portal of North could not be defaced";
    EXPECT_TRUE(called(p, "south"));
}

TEST(Conditions, what_follows_an_inject_of_another_team_alone_follows_that) {
    for (const bool per_team : {true, false}) {
        auto plan = press_waits_for(when(When::Kind::after, "advisory", "fired", 30s), per_team);
        plan.injects[0].teams = {"north"};
        Play p(plan);
        p.begin();
        p.run_to(89s);
        EXPECT_FALSE(called(p, "south"));
        p.run_to(90s);
        EXPECT_TRUE(called(p, "south"));
    }
}

TEST(Conditions, a_not_that_becomes_false_by_time_alone_is_seen) {
    const auto late = of(When::Kind::negation, {when(When::Kind::after, "advisory", "fired", 90s)}); // from T+2m30s
    for (const auto time : {2min, 3min}) {
        Play p(press_waits_for(of(When::Kind::all, {at(time), late})));
        p.begin();
        p.run_to(4min);
        EXPECT_EQ(called(p, "north"), time == 2min);
    }
}

TEST(Conditions, any_takes_the_first) {
    Play p(press_waits_for(of(When::Kind::any, {at(300s), when(When::Kind::report, "incident", "")})));
    p.begin();
    ASSERT_TRUE(p.engine->file_report("south", {"incident", "", "south", "Seen."}));
    p.loop.drain();
    EXPECT_TRUE(called(p, "south"));
    EXPECT_FALSE(called(p, "north"));
    p.run_to(300s);
    EXPECT_TRUE(called(p, "north"));
}

TEST(Conditions, manual_waits_for_a_hand_and_drafts_for_approval) {
    auto plan = press_waits_for(when(When::Kind::manual, "", ""));
    plan.injects[0].approved = false;
    plan.injects[0].proposed = true;
    Play p(plan);
    p.begin();
    p.run_to(10min);
    EXPECT_FALSE(called(p, "north"));
    EXPECT_EQ(p.stage_of("advisory", "north"), "scheduled");
    const auto view = build_view(p.engine->projection(), {"white", ""});
    EXPECT_EQ(view.at("injects").at("advisory").at("state").as_string(), "proposed");
    EXPECT_EQ(p.engine->fire("advisory", "north", "white").error().code, "inject.not-approved");
    ASSERT_TRUE(p.engine->fire("press-call", "", "white"));
    EXPECT_TRUE(called(p, "north"));
}

} // namespace
} // namespace testudo::exercise
