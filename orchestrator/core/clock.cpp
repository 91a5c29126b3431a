#include "orchestrator/core/clock.hpp"

#include <array>
#include <ctime>
#include <fmt/format.h>

namespace testudo {
namespace {

struct Broken {
    std::tm tm;
    int millis;
};

Broken break_down(WallTime t) {
    const auto since = t.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const std::time_t raw = seconds.count();
    std::tm tm{};
    gmtime_r(&raw, &tm);
    return {tm, static_cast<int>((since - seconds).count())};
}

} // namespace

WallTime RealClock::wall() const {
    return std::chrono::floor<Millis>(std::chrono::system_clock::now());
}

SteadyTime RealClock::steady() const {
    return std::chrono::floor<Millis>(std::chrono::steady_clock::now());
}

std::string to_rfc3339(WallTime t) {
    const auto [tm, millis] = break_down(t);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                       tm.tm_hour, tm.tm_min, tm.tm_sec, millis);
}

std::string to_dtg(WallTime t) {
    static constexpr std::array months = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
    const auto tm = break_down(t).tm;
    return fmt::format("{:02}{:02}{:02}Z{}{:02}", tm.tm_mday, tm.tm_hour, tm.tm_min,
                       months[static_cast<std::size_t>(tm.tm_mon)], tm.tm_year % 100);
}

std::string to_exercise_text(ExerciseTime t) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(t).count();
    return fmt::format("T+{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

} // namespace testudo
