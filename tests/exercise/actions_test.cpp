#include "tests/exercise/play.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;

plan::Plan plan_with(bool idempotent) {
    auto plan = plan::sample_plan();
    plan.injects[1].idempotent = idempotent;
    return plan;
}

std::string outcome(const Play& p, const std::string& team) {
    for (const auto& [id, act] : p.engine->projection().state().acts())
        if (act.team == team)
            return act.outcome;
    return "no act";
}

TEST(Actions, firing_is_recorded_before_the_act_is_sent) {
    Play p;
    p.begin();
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    const auto log = p.log();
    EXPECT_EQ(log.back().kind, "inject.fired");
    ASSERT_EQ(p.guests.count("act"), 1U);
    EXPECT_EQ(text_or(p.guests.sent.back().body, "act"),
              std::string(array_or_empty(log.back().body, "acts").at(0).as_string()));
}

TEST(Actions, what_was_left_behind_is_watched_until_it_is_gone) {
    Play p;
    p.begin();
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(60s);
    EXPECT_EQ(p.count("effect.observed"), 1U) << "written when it changes, not each time";
    p.guests.mend("portal@north", "deface");
    p.run_to(75s);
    EXPECT_EQ(p.count("effect.observed"), 2U);
    const auto looks = p.guests.count("inspect");
    p.run_to(110s);
    EXPECT_EQ(p.guests.count("inspect"), looks) << "gone: nobody looks any more";
}

TEST(Actions, a_refusal_or_failure_fails_the_inject_of_that_team) {
    Play p;
    p.guests.failing_actions.insert("deface");
    p.begin();
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(1s);
    EXPECT_EQ(p.stage_of("defaced", "north"), "failed");
    EXPECT_EQ(outcome(p, "north"), "failed");
    EXPECT_EQ(p.count("effect.observed"), 0U);
}

TEST(Actions, an_agent_that_is_away_was_not_asked) {
    Play p;
    p.begin();
    p.guests.lose("portal@north");
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(1s);
    EXPECT_EQ(outcome(p, "north"), "failed");
}

TEST(Actions, an_act_without_an_answer_is_unknown_with_what_can_be_seen) {
    Play p(plan_with(false));
    p.begin();
    p.guests.mute.insert("portal@north");
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(61s);
    EXPECT_EQ(outcome(p, "north"), "unknown");
    p.guests.mute.clear();
    p.run_to(90s);
    EXPECT_EQ(p.count("effect.observed"), 1U) << "it was done after all, and that is seen";
    EXPECT_EQ(p.guests.count("act"), 1U);
}

TEST(Actions, an_idempotent_act_is_sent_again_with_the_same_id) {
    Play p(plan_with(true));
    p.begin();
    p.guests.mute.insert("portal@north");
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(61s);
    EXPECT_EQ(outcome(p, "north"), "");
    p.guests.mute.clear();
    p.run_to(70s);
    EXPECT_EQ(outcome(p, "north"), "ok");
    std::set<std::string> ids;
    for (const auto& s : p.guests.sent)
        if (s.op == "act")
            ids.insert(text_or(s.body, "act"));
    EXPECT_EQ(ids.size(), 1U);
}

TEST(Actions, an_act_that_takes_long_is_waited_for_that_much_longer) {
    auto plan = plan_with(false);
    plan.injects[1].lasts = 70s;
    Play p(plan);
    p.begin();
    p.guests.latency = 72s;
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(71s);
    EXPECT_EQ(outcome(p, "north"), "");
    p.run_to(73s);
    EXPECT_EQ(outcome(p, "north"), "ok");

    p.guests.latency = 5ms;
    p.guests.mute.insert("portal@south");
    ASSERT_TRUE(p.engine->fire("defaced", "south", "red"));
    p.run_to(202s);
    EXPECT_EQ(outcome(p, "south"), "");
    p.run_to(204s);
    EXPECT_EQ(outcome(p, "south"), "unknown");
}

TEST(Actions, after_a_crash_in_the_middle_the_rule_is_the_same) {
    for (const bool idempotent : {false, true}) {
        Play p(plan_with(idempotent));
        p.begin();
        p.guests.latency = 1s;
        ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
        p.crash();
        p.loop.advance(3s);
        p.open();
        p.loop.advance(5s);
        EXPECT_EQ(outcome(p, "north"), idempotent ? "ok" : "unknown");
        EXPECT_EQ(p.stage_of("defaced", "north"), idempotent ? "completed" : "failed");
        EXPECT_EQ(p.count("effect.observed"), 1U) << "the page was defaced, and that is seen either way";
        EXPECT_EQ(p.count("inject.fired"), 1U);
    }
}

TEST(Actions, two_exercises_from_one_plan_never_share_an_act) {
    std::set<std::string> ids;
    for (const auto wait : {0s, 5s}) {
        Play p;
        p.loop.advance(wait);
        p.begin();
        ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
        ids.insert(text_or(p.guests.sent.back().body, "act"));
    }
    EXPECT_EQ(ids.size(), 2U);
}

TEST(Actions, machines_that_are_lost_and_come_back_are_in_the_log) {
    Play p;
    p.begin();
    p.guests.lose("portal@north", "the agent ended");
    p.run_to(4s);
    EXPECT_EQ(p.engine->projection().state().machines().at("portal@north").state, "ready") << "it may be back at once";
    p.run_to(6s);
    EXPECT_EQ(p.engine->projection().state().machines().at("portal@north").state, "lost");
    EXPECT_EQ(p.engine->projection().state().machines().at("portal@north").reason, "the agent ended");
    p.guests.bring_back("portal@north");
    p.run_to(7s);
    EXPECT_EQ(p.engine->projection().state().machines().at("portal@north").state, "ready");
}

TEST(Actions, a_machine_is_ready_when_it_was_set_up_and_not_when_its_agent_merely_answers) {
    Play p;
    p.guests.bare.insert("portal@north");
    p.open();
    EXPECT_NE(p.engine->projection().state().machines().at("portal@north").state, "ready");
    EXPECT_FALSE(p.engine->start("white"));
    p.guests.bare.clear();
    p.loop.advance(11s);
    EXPECT_EQ(p.engine->projection().state().machines().at("portal@north").state, "ready");
    EXPECT_TRUE(p.engine->start("white"));
}

} // namespace
} // namespace testudo::exercise
