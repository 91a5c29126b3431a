#include "scoring/formulas.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <numeric>

namespace testudo::scoring {
namespace {

TEST(Formulas, multiply_and_divide_without_overflow) {
    const auto big = std::numeric_limits<std::int64_t>::max();
    EXPECT_EQ(mul_div(big, 3, 3), big);
    EXPECT_EQ(mul_div(7, 1, 2), 3);
}

TEST(Formulas, availability_counts_halves) {
    EXPECT_EQ(availability_part(3'000, 20, 10), 3'000 * parts_per_milli);
    EXPECT_EQ(availability_part(3'000, 10, 10), 1'500 * parts_per_milli);
    EXPECT_EQ(availability_part(1'000, 1, 3), 166'666'666);
}

TEST(Formulas, impact_grows_with_the_time_it_holds_up_to_all_of_it) {
    // V 30 points, objective: a quarter at once, all after ten minutes.
    EXPECT_EQ(impact_loss(30'000, 1'000, Millis(0), Millis(600'000)), 7'500);
    EXPECT_EQ(impact_loss(30'000, 1'000, Millis(300'000), Millis(600'000)), 18'750);
    EXPECT_EQ(impact_loss(30'000, 1'000, Millis(600'000), Millis(600'000)), 30'000);
    EXPECT_EQ(impact_loss(30'000, 1'000, Millis(9'600'000), Millis(600'000)), 30'000);
    EXPECT_EQ(impact_loss(30'000, 333, Millis(600'000), Millis(600'000)), 9'990);
}

TEST(Formulas, restoration_falls_in_a_straight_line_to_nothing) {
    EXPECT_EQ(restoration_loss(20'000, Millis(0), Millis(600'000)), 0);
    EXPECT_EQ(restoration_loss(20'000, Millis(150'000), Millis(600'000)), 5'000);
    EXPECT_EQ(restoration_loss(20'000, Millis(600'000), Millis(600'000)), 20'000);
    EXPECT_EQ(restoration_loss(20'000, Millis(900'000), Millis(600'000)), 20'000);
}

TEST(Formulas, reports_lose_by_grade_and_by_delay) {
    EXPECT_EQ(report_points(20'000, 15, 20, Millis(0), Millis(600'000)), 15'000);
    EXPECT_EQ(report_points(20'000, 20, 20, Millis(150'000), Millis(600'000)), 15'000);
    EXPECT_EQ(report_points(20'000, 20, 20, Millis(600'000), Millis(600'000)), 0);
    EXPECT_EQ(report_points(20'000, 30, 20, Millis(0), Millis(600'000)), 20'000) << "no grade above full marks";
    EXPECT_EQ(report_points(20'000, 0, 0, Millis(0), Millis(600'000)), 0);
}

TEST(Formulas, median_of_graders) {
    EXPECT_EQ(median({}), 0);
    EXPECT_EQ(median({7}), 7);
    EXPECT_EQ(median({9, 1, 5}), 5);
    EXPECT_EQ(median({4, 1}), 2);
}

TEST(Formulas, nothing_at_stake_counts_in_full) {
    EXPECT_EQ(contribution(600'000, 0, 0), 600'000);
    EXPECT_EQ(contribution(600'000, -5, 10), 0);
    EXPECT_EQ(contribution(600'000, 15, 10), 600'000);
    EXPECT_EQ(contribution(600'000, 1, 3), 200'000);
}

TEST(Formulas, parts_of_a_split_add_up) {
    const auto parts = split(100, {1, 1, 1, 0, 4});
    EXPECT_EQ(std::accumulate(parts.begin(), parts.end(), std::int64_t{0}), 100);
    EXPECT_EQ(parts[3], 0);
    EXPECT_EQ(split(5, {0, 0}), (std::vector<std::int64_t>{0, 0}));
}

} // namespace
} // namespace testudo::scoring
