#include <gtest/gtest.h>

#include "tests/scoring/log_maker.hpp"

namespace testudo::scoring {
namespace {

constexpr std::int64_t everything = 1'000'000;

std::string state(const Scores& s, const std::string& check) {
    return std::string(word_of(s.status(check)->verdict));
}

TEST(Fold, everyone_begins_with_everything) {
    const auto s = fold({});
    EXPECT_EQ(s.total_milli("a"), everything);
    EXPECT_EQ(s.rank("a"), 1);
    EXPECT_EQ(s.rank("c"), 1);
    EXPECT_EQ(s.rank("red"), 0);
}

TEST(Fold, half_of_the_time_down_costs_half_of_the_availability) {
    LogMaker log;
    log.window(0, "pass", "pass", "slow");
    log.window(1, "fail", "pass", "slow");
    const auto s = fold(log.events);
    EXPECT_EQ(s.total_milli("a"), everything - 300'000);
    EXPECT_EQ(s.total_milli("b"), everything);
    EXPECT_EQ(s.total_milli("c"), everything - 300'000) << "slow counts half";
    EXPECT_EQ(s.rank("b"), 1);
    EXPECT_EQ(s.rank("a"), 2);
    EXPECT_EQ(s.rank("c"), 2);
    EXPECT_EQ(s.lines("a").at("availability").milli, 500);
    EXPECT_EQ(s.lines("a").at("availability").max_milli, 1'000);
}

TEST(Fold, competition_ranking_leaves_a_gap_after_equals) {
    LogMaker log;
    log.add("score.adjusted", 0, "a", {{"category", "impact"}, {"milli", 5}});
    const auto s = fold(log.events);
    EXPECT_EQ(s.rank("a"), 1);
    EXPECT_EQ(s.rank("b"), 2);
    EXPECT_EQ(s.rank("c"), 2);
    log.add("score.adjusted", 0, "b", {{"category", "impact"}, {"milli", 5}});
    EXPECT_EQ(fold(log.events).rank("c"), 3);
}

TEST(Fold, a_failure_counts_from_its_first_moment_once_confirmed) {
    LogMaker log;
    log.window(0, "pass", "pass", "pass");
    for (const auto* team : {"", "b", "c"})
        log.sample(team, 1, "pass");
    log.sample("a", 1, "fail");
    auto s = fold(log.events, three_teams(2));
    EXPECT_EQ(state(s, "web@a"), "ok") << "not confirmed yet";
    EXPECT_EQ(s.total_milli("a"), everything);
    log.sample("a", 1, "fail", 1);
    log.sample("a", 1, "fail", 2);
    s = fold(log.events, three_teams(2));
    EXPECT_EQ(state(s, "web@a"), "down");
    EXPECT_EQ(s.status("web@a")->since_ms, 11'000);
    EXPECT_EQ(s.status("web@a")->confirmed, 2);
    EXPECT_LT(s.total_milli("a"), everything);
}

TEST(Attribution, a_blip_is_not_charged) {
    LogMaker log;
    for (const auto* team : {"", "b", "c"})
        log.sample(team, 0, "pass");
    log.sample("a", 0, "fail");
    log.sample("a", 0, "pass", 1);
    const auto s = fold(log.events, three_teams(2));
    EXPECT_EQ(state(s, "web@a"), "ok");
    EXPECT_EQ(s.total_milli("a"), everything);
}

TEST(Attribution, a_failing_reference_voids) {
    LogMaker log;
    log.window(0, "fail", "pass", "pass", "fail");
    const auto s = fold(log.events);
    EXPECT_EQ(state(s, "web@a"), "void");
    EXPECT_EQ(s.total_milli("a"), everything);
    EXPECT_EQ(state(s, "web@b"), "ok") << "a void takes nothing from those that were well";
}

TEST(Attribution, a_slow_reference_voids_slowness_only) {
    LogMaker log;
    log.window(0, "slow", "fail", "pass", "slow");
    const auto s = fold(log.events);
    EXPECT_EQ(state(s, "web@a"), "void");
    EXPECT_EQ(state(s, "web@b"), "down");
}

TEST(Attribution, nothing_is_charged_before_the_reference_has_spoken) {
    LogMaker log;
    for (const auto* team : {"a", "b", "c"})
        log.sample(team, 0, std::string(team) == "a" ? "fail" : "pass");
    EXPECT_EQ(fold(log.events).total_milli("a"), everything);
    log.sample("", 0, "pass");
    EXPECT_LT(fold(log.events).total_milli("a"), everything);
}

TEST(Attribution, most_teams_failing_alike_are_held_and_never_charged_on_the_way) {
    LogMaker log;
    log.window(0, "fail", "fail", "fail");
    for (std::size_t i = 0; i <= log.events.size(); ++i) {
        const auto s = fold({log.events.begin(), log.events.begin() + static_cast<long>(i)});
        for (const auto* team : {"a", "b", "c"})
            EXPECT_EQ(s.total_milli(team), everything) << "after " << i << " events";
    }
    EXPECT_EQ(state(fold(log.events), "web@b"), "held");
}

TEST(Attribution, what_the_reference_cannot_vouch_for_is_held) {
    LogMaker log;
    log.window(0, "fail", "pass", "pass", "error");
    EXPECT_EQ(state(fold(log.events), "web@a"), "held");
}

TEST(Attribution, teams_that_we_cannot_judge_may_have_failed_too) {
    LogMaker log;
    log.window(0, "fail", "error", "error");
    EXPECT_EQ(state(fold(log.events), "web@a"), "held");
}

TEST(Attribution, two_of_three_are_charged) {
    LogMaker log;
    log.window(0, "fail", "fail", "pass");
    const auto s = fold(log.events);
    EXPECT_EQ(state(s, "web@a"), "down");
    EXPECT_EQ(state(s, "web@b"), "down");
}

TEST(Attribution, failures_that_an_attack_explains_are_charged_though_all_fail) {
    LogMaker log;
    log.fired("", 500);
    for (const auto* team : {"a", "b", "c"})
        log.effect(team, 600, true);
    log.window(0, "wrong", "wrong", "wrong");
    auto s = fold(log.events);
    EXPECT_EQ(state(s, "web@a"), "faulty");
    // After the effect is gone it explains nothing more.
    for (const auto* team : {"a", "b", "c"})
        log.effect(team, 9'000, false);
    log.window(1, "fail", "fail", "fail");
    s = fold(log.events);
    EXPECT_EQ(state(s, "web@a"), "held");
}

TEST(Attribution, our_own_errors_are_unknown_and_leave_both_sides_of_the_fraction) {
    LogMaker log;
    log.window(0, "pass", "pass", "pass");
    log.window(1, "error", "fail", "pass");
    const auto s = fold(log.events);
    EXPECT_EQ(state(s, "web@a"), "unknown");
    EXPECT_EQ(s.total_milli("a"), everything);
    EXPECT_EQ(s.total_milli("b"), everything - 300'000);
}

TEST(Attribution, what_was_never_decided_is_unknown_after_two_more_windows) {
    LogMaker log;
    log.sample("a", 0, "fail"); // its re-checks and the others never came
    for (int w = 1; w <= 3; ++w)
        for (const auto* team : {"", "a", "b", "c"})
            log.sample(team, w, "pass");
    const auto s = fold(log.events, three_teams(2));
    EXPECT_EQ(s.total_milli("a"), everything);
    log.sample("a", 0, "fail", 1);
    log.sample("a", 0, "fail", 2);
    EXPECT_EQ(fold(log.events, three_teams(2)).total_milli("a"), everything) << "too late to be believed";
}

TEST(Rulings, void_and_charge_and_the_last_word) {
    LogMaker log;
    log.window(0, "fail", "fail", "fail");
    const auto rule = [&](const std::string& team, const std::string& ruling) {
        log.add("check.ruled", 20'000, team, {{"check", "web"}, {"from_ms", 0}, {"to_ms", 9'999}, {"ruling", ruling}});
        return fold(log.events);
    };
    auto s = rule("a", "charge");
    EXPECT_EQ(s.total_milli("a"), everything - 600'000);
    EXPECT_EQ(s.total_milli("b"), everything);
    s = rule("", "void");
    EXPECT_EQ(s.total_milli("a"), everything);
    EXPECT_EQ(state(s, "web@c"), "void");
    s = rule("c", "charge");
    EXPECT_EQ(s.total_milli("c"), everything - 600'000);
    log.window(1, "pass", "pass", "fail");
    EXPECT_EQ(state(fold(log.events), "web@c"), "down") << "outside of the ruled time the rules hold as before";
}

TEST(Impact, falls_while_the_effect_holds_and_stops_when_it_is_gone) {
    LogMaker log;
    log.fired("a", 0);
    log.effect("a", 1'000, true);
    EXPECT_EQ(fold(log.events).lines("a").at("impact").milli, 22'500) << "a quarter at once";
    log.effect("a", 301'000, false);
    EXPECT_EQ(fold(log.events).lines("a").at("impact").milli, 11'250);
    log.add("exercise.phase", 900'000, "", {});
    const auto s = fold(log.events);
    EXPECT_EQ(s.lines("a").at("impact").milli, 11'250);
    EXPECT_EQ(s.lines("a").at("impact").contributes_milli, 75'000);
    EXPECT_EQ(s.lines("b").at("impact").contributes_milli, 200'000);
}

TEST(Impact, an_attack_that_failed_costs_nothing) {
    LogMaker log;
    log.fired("a", 0);
    log.add("action.result", 10, "a", {{"act", "act-a"}, {"inject", "defaced"}, {"outcome", "failed"}});
    log.effect("a", 1'000, false);
    EXPECT_EQ(fold(log.events).total_milli("a"), everything);
}

TEST(Restoration, is_over_when_the_checks_of_the_machine_are_good_again) {
    LogMaker log;
    log.fired("a", 0);
    log.effect("a", 1'000, true);
    log.effect("a", 151'000, false);
    log.window(16, "fail", "pass", "pass");
    log.window(30, "pass", "pass", "pass");
    log.add("exercise.phase", 900'000, "", {});
    // From 1 s to the good sample of window 30, at 301 s: half of the ten minutes.
    EXPECT_EQ(fold(log.events).lines("a").at("restoration").milli, 10'000);
}

TEST(Restoration, our_unknown_does_not_keep_a_machine_from_being_restored) {
    LogMaker log;
    log.fired("a", 0);
    log.effect("a", 1'000, true);
    log.effect("a", 151'000, false);
    log.window(16, "error", "pass", "pass");
    log.add("exercise.phase", 900'000, "", {});
    EXPECT_EQ(fold(log.events).lines("a").at("restoration").milli, 20'000 - 5'333);
}

TEST(Reports, missing_late_and_graded) {
    LogMaker log;
    for (const auto* team : {"a", "b", "c"})
        log.delivered(team, 60'000);
    log.filed("r-1", "a", 100'000, "advisory@a");
    log.filed("r-2", "b", 660'000 + 300'000, "advisory@b");
    log.add("exercise.phase", 1'000'000, "", {});
    auto s = fold(log.events);
    EXPECT_EQ(s.lines("a").at("reports").milli, 20'000) << "not graded yet: nobody loses by a slow grader";
    EXPECT_EQ(s.lines("b").at("reports").milli, 20'000);
    EXPECT_EQ(s.lines("c").at("reports").milli, 0);
    log.graded("r-1", "a", 15'000, "white");
    log.graded("r-2", "b", 20'000, "white");
    s = fold(log.events);
    EXPECT_EQ(s.lines("a").at("reports").milli, 15'000);
    EXPECT_EQ(s.lines("b").at("reports").milli, 10'000);
}

TEST(Reports, several_graders_give_the_median_and_a_later_grade_replaces) {
    LogMaker log;
    log.delivered("a", 0);
    log.filed("r-1", "a", 1, "advisory@a");
    log.graded("r-1", "a", 0, "one");
    log.graded("r-1", "a", 16'000, "two");
    log.graded("r-1", "a", 18'000, "three");
    EXPECT_EQ(fold(log.events).lines("a").at("reports").milli, 16'000);
    log.graded("r-1", "a", 17'000, "one");
    EXPECT_EQ(fold(log.events).lines("a").at("reports").milli, 17'000);
}

TEST(Adjustments, are_added_and_only_countered) {
    LogMaker log;
    log.add("score.adjusted", 0, "a", {{"category", "reports"}, {"milli", -7'000}, {"reason", "x"}, {"by", "white"}});
    EXPECT_EQ(fold(log.events).total_milli("a"), everything - 7'000);
    log.add("score.adjusted", 0, "a", {{"category", "reports"}, {"milli", 7'000}, {"reason", "y"}, {"by", "white"}});
    EXPECT_EQ(fold(log.events).total_milli("a"), everything);
}

// One window of a's portal while it was taken away, one shortly after it was back, and one well after.
LogMaker reset_log(const std::string& machine, const std::string& scope, bool requested) {
    LogMaker log;
    log.window(0, "pass", "pass", "pass");
    log.add("machine.reset", 5'000, scope, {{"machine", machine}, {"requested", requested}});
    log.window(1, "fail", "pass", "pass");
    log.add("machine.state", 12'000, scope, {{"machine", machine}, {"state", "ready"}});
    log.window(2, "fail", "pass", "pass");
    log.window(4, "fail", "pass", "pass");
    return log;
}

TEST(Reset, what_it_costs_is_voided_until_the_machine_has_settled) {
    const auto s = fold(reset_log("portal@a", "a", false).events);
    EXPECT_EQ(s.tally(0).unscored, 2);
    EXPECT_EQ(s.tally(0).scored, 2) << "before it, and well after";
    EXPECT_EQ(s.total_milli("a"), everything - 300'000);
}

TEST(Reset, of_a_machine_that_all_share_voids_for_all_and_of_another_team_for_none) {
    EXPECT_EQ(fold(reset_log("core", "", false).events).tally(0).unscored, 2);
    EXPECT_EQ(fold(reset_log("portal@b", "b", false).events).tally(0).unscored, 0);
}

TEST(Reset, that_the_team_asked_for_counts_unless_the_template_says_otherwise) {
    const auto log = reset_log("portal@a", "a", true);
    EXPECT_EQ(fold(log.events).tally(0).unscored, 0);
    auto lenient = three_teams();
    lenient.charges_requested_resets = false;
    EXPECT_EQ(fold(log.events, lenient).tally(0).unscored, 2);
}

TEST(Reset, that_never_ends_is_never_charged) {
    LogMaker log;
    log.add("machine.reset", 500, "a", {{"machine", "portal@a"}});
    log.window(0, "fail", "pass", "pass");
    log.add("machine.state", 12'000, "a", {{"machine", "portal@a"}, {"state", "lost"}});
    log.window(9, "fail", "pass", "pass");
    EXPECT_EQ(fold(log.events).total_milli("a"), everything);
}

TEST(End, nothing_counts_after_it_but_grades_rulings_and_adjustments) {
    LogMaker log;
    log.window(0, "pass", "fail", "pass");
    log.delivered("a", 0);
    log.filed("r-1", "a", 1, "advisory@a");
    log.add("exercise.ended", 20'000, "", {});
    const auto before = fold(log.events);
    log.window(2, "fail", "pass", "pass");
    log.fired("a", 40'000);
    log.effect("a", 41'000, true);
    log.add("machine.state", 2'000'000, "a", {});
    auto s = fold(log.events);
    EXPECT_EQ(s.total_milli("a"), before.total_milli("a"));
    EXPECT_EQ(s.total_milli("c"), before.total_milli("c")) << "a report that was not due at ENDEX is not missing";
    log.graded("r-1", "a", 10'000, "white");
    log.add("check.ruled", 20'000, "b", {{"check", "web"}, {"from_ms", 0}, {"to_ms", 9'999}, {"ruling", "void"}});
    s = fold(log.events);
    EXPECT_EQ(s.lines("a").at("reports").milli, 10'000);
    EXPECT_EQ(s.total_milli("b"), everything);
}

} // namespace
} // namespace testudo::scoring
