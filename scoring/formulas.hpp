#pragma once
#include <cstdint>
#include <vector>

#include "orchestrator/core/clock.hpp"

// Every formula of the score, in integers. Points are milli-points; divisions round down unless said otherwise, so a
// loss is never rounded up against a team. Numbers in brackets are the components in docs/scoring.md.
namespace testudo::scoring {

// floor(a * b / c) for a, b >= 0 and c > 0, without overflow on the way.
std::int64_t mul_div(std::int64_t a, std::int64_t b, std::int64_t c);

// [1] B_c * sum(d*q) / sum(d), in millionths of a milli-point so that the sum over checks is rounded once only.
// All windows of a check have the same length d; q is 1, 1/2 or 0, counted here in halves.
std::int64_t availability_part(std::int64_t weight_milli, std::int64_t good_halves, std::int64_t scored_windows);
inline constexpr std::int64_t parts_per_milli = 1'000'000;

// [3] V * l * (a + (1-a) * min(1, held/T)): what an attack costs whose effect held for `held`. a = 1/4: the part that
// the attack costs however fast the team is. T <= 0 counts as held for all of it.
std::int64_t impact_loss(std::int64_t impact_milli, std::int64_t level_milli, Millis held, Millis full);
inline constexpr std::int64_t impact_at_once_milli = 250;
// The most that it can cost: V * l.
std::int64_t impact_max(std::int64_t impact_milli, std::int64_t level_milli);

// [5] V - V * max(0, 1 - T/T_target): what was lost of the value of restoring.
std::int64_t restoration_loss(std::int64_t restore_milli, Millis took, Millis target);

// [6] V * (graded / max) * late(D): 1 until the due time, then falling in a straight line to 0 over another `within`.
std::int64_t report_points(std::int64_t value_milli, std::int64_t graded_milli, std::int64_t max_milli, Millis late_by,
                           Millis within);
// Several graders: the median; of an even number the mean of the middle two.
std::int64_t median(std::vector<std::int64_t> values);

// [10] w * clamp(raw/max, 0, 1); a category in which nothing was at stake counts in full: nothing was lost.
std::int64_t contribution(std::int64_t weight_milli, std::int64_t raw, std::int64_t max);

// Splits `total` in proportion to the shares so that the parts add up to it exactly (running totals are rounded, not
// parts).
std::vector<std::int64_t> split(std::int64_t total, const std::vector<std::int64_t>& shares);

} // namespace testudo::scoring
