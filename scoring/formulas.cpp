#include "scoring/formulas.hpp"

#include <algorithm>
#include <numeric>

namespace testudo::scoring {

std::int64_t mul_div(std::int64_t a, std::int64_t b, std::int64_t c) {
    __extension__ using Wide = __int128;
    return static_cast<std::int64_t>(static_cast<Wide>(a) * b / c);
}

std::int64_t availability_part(std::int64_t weight_milli, std::int64_t good_halves, std::int64_t scored_windows) {
    return mul_div(weight_milli * parts_per_milli, good_halves, scored_windows * 2);
}

std::int64_t impact_max(std::int64_t impact_milli, std::int64_t level_milli) {
    return mul_div(impact_milli, level_milli, 1000);
}

std::int64_t impact_loss(std::int64_t impact_milli, std::int64_t level_milli, Millis held, Millis full) {
    const auto most = impact_max(impact_milli, level_milli);
    if (full <= Millis(0) || held >= full)
        return most;
    const auto at_once = mul_div(most, impact_at_once_milli, 1000);
    return at_once + mul_div(most - at_once, held.count(), full.count());
}

std::int64_t restoration_loss(std::int64_t restore_milli, Millis took, Millis target) {
    if (target <= Millis(0) || took >= target)
        return restore_milli;
    return mul_div(restore_milli, took.count(), target.count());
}

std::int64_t report_points(std::int64_t value_milli, std::int64_t graded_milli, std::int64_t max_milli, Millis late_by,
                           Millis within) {
    if (max_milli <= 0)
        return 0;
    const auto on_time = mul_div(value_milli, std::clamp<std::int64_t>(graded_milli, 0, max_milli), max_milli);
    if (late_by <= Millis(0))
        return on_time;
    if (late_by >= within)
        return 0;
    return mul_div(on_time, (within - late_by).count(), within.count());
}

std::int64_t median(std::vector<std::int64_t> values) {
    if (values.empty())
        return 0;
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

std::int64_t contribution(std::int64_t weight_milli, std::int64_t raw, std::int64_t max) {
    return max <= 0 ? weight_milli : mul_div(weight_milli, std::clamp<std::int64_t>(raw, 0, max), max);
}

std::vector<std::int64_t> split(std::int64_t total, const std::vector<std::int64_t>& shares) {
    const auto sum = std::accumulate(shares.begin(), shares.end(), std::int64_t{0});
    std::vector<std::int64_t> parts;
    std::int64_t seen = 0;
    std::int64_t given = 0;
    for (const auto share : shares) {
        seen += share;
        const auto until_here = sum == 0 ? 0 : mul_div(total, seen, sum);
        parts.push_back(until_here - given);
        given = until_here;
    }
    return parts;
}

} // namespace testudo::scoring
