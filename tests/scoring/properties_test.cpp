// Properties that must hold for every log, tried on random ones, and mistakes of other engines that must not be ours.
#include <algorithm>
#include <gtest/gtest.h>
#include <random>

#include "tests/scoring/log_maker.hpp"

namespace testudo::scoring {
namespace {

constexpr int windows = 40;
const std::vector<std::string> teams{"a", "b", "c"};

class Random {
  public:
    explicit Random(unsigned seed) : engine_(seed) {}
    int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(engine_); }
    std::string result() {
        static const std::vector<std::string> words{"pass", "pass", "pass", "slow", "fail", "wrong", "error"};
        return words[static_cast<std::size_t>(below(static_cast<int>(words.size())))];
    }

  private:
    std::mt19937 engine_;
};

// A log with probes, attacks and reports, each as chance has it.
LogMaker random_log(unsigned seed) {
    Random random(seed);
    LogMaker log;
    std::map<std::string, bool> holds;
    for (int w = 0; w < windows; ++w) {
        const auto at = w * 10'000;
        if (w == 3)
            log.fired("", at);
        for (const auto& team : teams) {
            if (w >= 3 && random.below(6) == 0) {
                holds[team] = !holds[team];
                log.effect(team, at + 500, holds[team]); // after its cause
            }
            if (w == 5)
                log.delivered(team, at);
            if (w == 12 && random.below(2) == 0)
                log.filed("r-" + team, team, at, "advisory@" + team);
            if (w == 20)
                log.graded("r-" + team, team, random.below(20'001), "white", at);
        }
        log.window(w, random.result(), random.result(), random.result(), random.below(10) == 0 ? "fail" : "pass");
    }
    log.add("exercise.phase", windows * 10'000, "", {});
    return log;
}

std::vector<std::int64_t> totals(const Scores& s) {
    std::vector<std::int64_t> out;
    for (const auto& team : teams)
        out.push_back(s.total_milli(team));
    return out;
}

class Property : public testing::TestWithParam<unsigned> {
  protected:
    LogMaker log = random_log(GetParam());
};
INSTANTIATE_TEST_SUITE_P(Seeds, Property, testing::Range(0U, 40U));

TEST_P(Property, more_passes_never_lower_a_score_of_the_team_itself) {
    const auto before = fold(log.events).total_milli("a");
    Random random(GetParam() + 1000);
    auto better = log.events;
    for (auto& e : better)
        if (e.kind == "check.sample" && e.scope == "a" && random.below(3) == 0 && text_or(e.body, "result") != "error")
            e.body["result"] = "pass";
    EXPECT_GE(fold(better).total_milli("a"), before);
}

TEST_P(Property, an_effect_that_holds_longer_never_raises_a_score) {
    // Without probes, so that only impact and restoration speak.
    std::vector<Event> attacks;
    for (const auto& e : log.events)
        if (e.kind != "check.sample")
            attacks.push_back(e);
    auto longer = attacks;
    const auto last_gone = std::find_if(longer.rbegin(), longer.rend(), [](const Event& e) {
        return e.kind == "effect.observed" && e.scope == "a" && !bool_or(e.body, "holds");
    });
    if (last_gone != longer.rend())
        longer.erase(std::next(last_gone).base());
    EXPECT_LE(fold(longer).total_milli("a"), fold(attacks).total_milli("a"));
}

TEST_P(Property, a_service_that_is_off_never_beats_one_that_is_on) {
    auto off = log.events;
    for (auto& e : off)
        if (e.kind == "check.sample" && e.scope == "a" && text_or(e.body, "result") != "error")
            e.body["result"] = "fail";
    // The others pass, so that nobody takes the outage for the organiser's.
    auto on = log.events;
    for (auto* events : {&off, &on})
        for (auto& e : *events)
            if (e.kind == "check.sample" && e.scope != "a")
                e.body["result"] = "pass";
    EXPECT_LE(fold(off).total_milli("a"), fold(on).total_milli("a"));
}

TEST_P(Property, voiding_everything_equals_never_having_been_checked) {
    std::vector<Event> without;
    for (const auto& e : log.events)
        if (e.kind != "check.sample")
            without.push_back(e);
    // Restoration looks at the checks as well, so it is left out of the comparison.
    auto voided = log;
    voided.add("check.ruled", windows * 10'000, "",
               {{"check", "web"}, {"from_ms", 0}, {"to_ms", windows * 10'000}, {"ruling", "void"}});
    const auto a = fold(voided.events);
    const auto b = fold(without);
    for (const auto& team : teams)
        EXPECT_EQ(a.lines(team).at("availability").contributes_milli,
                  b.lines(team).at("availability").contributes_milli);
}

TEST_P(Property, the_order_of_simultaneous_events_changes_nothing) {
    const auto before = totals(fold(log.events));
    auto shuffled = log.events;
    std::mt19937 engine(GetParam());
    for (auto begin = shuffled.begin(); begin != shuffled.end();) {
        const auto end =
            std::find_if(begin, shuffled.end(), [&](const Event& e) { return e.exercise_ms != begin->exercise_ms; });
        std::shuffle(begin, end, engine);
        begin = end;
    }
    EXPECT_EQ(totals(fold(shuffled)), before);
}

TEST_P(Property, a_copy_made_on_the_way_ends_where_the_original_ends) {
    Scores original(std::make_shared<const Model>(three_teams()));
    const auto middle = log.events.begin() + static_cast<long>(log.events.size() / 2);
    std::for_each(log.events.begin(), middle, [&](const Event& e) { original.apply(e); });
    auto copy = original;
    const auto frozen = totals(copy);
    std::for_each(middle, log.events.end(), [&](const Event& e) { original.apply(e); });
    EXPECT_EQ(totals(copy), frozen) << "a frozen board knows nothing of later events";
    std::for_each(middle, log.events.end(), [&](const Event& e) { copy.apply(e); });
    EXPECT_EQ(totals(copy), totals(original));
}

TEST_P(Property, reasons_add_up_at_every_position) {
    Scores s(std::make_shared<const Model>(three_teams()));
    for (const auto& e : log.events) {
        s.apply(e);
        for (const auto& team : teams) {
            std::int64_t sum = 0;
            for (const auto& item : s.why(team))
                sum += item.milli;
            ASSERT_EQ(sum, s.total_milli(team)) << "after event " << e.seq;
        }
    }
}

TEST_P(Property, a_fault_of_the_organiser_never_costs_points) {
    const auto before = totals(fold(log.events));
    Random random(GetParam() + 2000);
    // The vantage fails at random moments: the probes say so instead of what they would have said.
    auto lost = log.events;
    for (auto& e : lost)
        if (e.kind == "check.sample" && text_or(e.body, "result") != "pass" && random.below(2) == 0)
            e.body["result"] = "error";
    const auto after = totals(fold(lost));
    for (std::size_t i = 0; i < teams.size(); ++i)
        EXPECT_GE(after[i], before[i]);
}

TEST(Trap, one_good_check_does_not_refund_an_outage) {
    LogMaker log;
    for (int w = 0; w < 10; ++w)
        log.window(w, "fail", "pass", "pass");
    const auto during = fold(log.events).total_milli("a");
    log.window(10, "pass", "pass", "pass");
    const auto after = fold(log.events).total_milli("a");
    EXPECT_LT(after - during, 60'000) << "one window of eleven, not the outage";
    EXPECT_LT(after, 500'000);
}

TEST(Trap, one_lost_result_does_not_void_the_round_for_everybody) {
    LogMaker log;
    log.window(0, "error", "fail", "pass");
    const auto s = fold(log.events);
    EXPECT_EQ(s.status("web@a")->verdict, Verdict::unknown);
    EXPECT_EQ(s.status("web@b")->verdict, Verdict::down);
    EXPECT_EQ(s.status("web@c")->verdict, Verdict::ok);
}

TEST(Trap, a_report_counts_for_its_own_message_only) {
    auto model = three_teams();
    model.expected.push_back({"press", "Press", 20'000, Millis(600'000), {"a"}});
    LogMaker log;
    log.delivered("a", 0);
    log.add("message.delivered", 0, "a",
            {{"message", "press@a"}, {"inject", "press"}, {"expects", {{"due_ms", 600'000}, {"value_milli", 20'000}}}});
    log.filed("r-1", "a", 1, "advisory@a");
    log.graded("r-1", "a", 20'000, "white");
    log.add("exercise.phase", 700'000, "", {});
    EXPECT_EQ(fold(log.events, model).lines("a").at("reports").milli, 20'000) << "the press was not answered";
    log.filed("r-2", "b", 700'001, "press@a");
    EXPECT_EQ(fold(log.events, model).lines("a").at("reports").milli, 20'000) << "nor by another team for it";
}

TEST(Trap, a_checker_error_never_ranks_worse_than_offline) {
    LogMaker log;
    log.window(0, "error", "fail", "pass");
    const auto s = fold(log.events);
    EXPECT_LT(s.rank("a"), s.rank("b"));
}

TEST(Trap, a_team_cannot_shrink_the_denominator_by_disconnecting) {
    LogMaker log;
    log.window(0, "pass", "pass", "pass");
    for (int w = 1; w < 5; ++w)
        log.window(w, "fail", "pass", "pass"); // no answer is `fail`, whatever the reason on the team's side
    EXPECT_EQ(fold(log.events).lines("a").at("availability").milli, 200);
}

TEST(Trap, low_coverage_is_said) {
    LogMaker log;
    log.window(0, "pass", "pass", "pass");
    log.window(1, "error", "pass", "pass");
    const auto items = fold(log.events).why("a");
    EXPECT_TRUE(std::any_of(items.begin(), items.end(), [](const auto& i) {
        return i.what == "only 1 of 2 windows could be judged; the others do not count";
    }));
}

} // namespace
} // namespace testudo::scoring
