#include "orchestrator/rehearse/pace.hpp"

#include <gtest/gtest.h>

#include "tests/plan/sample_plan.hpp"

namespace testudo::rehearse {
namespace {

using namespace std::chrono_literals;

TEST(Pace, a_short_exercise_is_rehearsed_as_it_is) {
    Pace pace;
    const auto plan = at_pace(plan::sample_plan(), 10'000, pace);
    EXPECT_EQ(pace.planned, 6U * 180U);
    EXPECT_EQ(pace.rehearsed, pace.planned);
    EXPECT_TRUE(pace.slowed.empty());
    EXPECT_EQ(plan.checks[0].period, 10s);
}

TEST(Pace, checks_that_nothing_breaks_are_slowed_down_first) {
    Pace pace;
    const auto plan = at_pace(plan::sample_plan(), 800, pace);
    ASSERT_EQ(pace.slowed.size(), 1U);
    EXPECT_EQ(pace.slowed[0].check, "crane-runs");
    EXPECT_FALSE(pace.slowed[0].breakable);
    EXPECT_EQ(pace.slowed[0].to, 90s);
    EXPECT_EQ(pace.rehearsed, 3U * 180U + 3U * 20U);
    for (const auto& check : plan.checks)
        EXPECT_EQ(check.period, check.name == "crane-runs" ? Millis(90s) : Millis(10s))
            << "the same for all teams and the reference, whose windows are compared";
}

TEST(Pace, long_exercises_keep_to_the_number_of_probes) {
    auto plan = plan::sample_plan();
    plan.duration = 72h;
    Pace pace;
    at_pace(plan, 1'000, pace);
    EXPECT_LE(pace.rehearsed, 1'000U);
    EXPECT_EQ(pace.slowed.size(), 2U);
}

TEST(Pace, only_machines_that_somebody_asks_or_touches_are_there) {
    Pace pace;
    const auto plan = at_pace(plan::sample_plan(), 10'000, pace);
    EXPECT_NE(plan::find_machine(plan, "portal@north"), nullptr);
    EXPECT_NE(plan::find_machine(plan, "vantage"), nullptr);
    EXPECT_EQ(plan::find_machine(plan, "gate@north"), nullptr);
}

} // namespace
} // namespace testudo::rehearse
