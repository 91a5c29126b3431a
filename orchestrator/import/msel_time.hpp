#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "orchestrator/core/clock.hpp"

namespace testudo::import_ {

// What a cell of a time column says: a time since the start, or a date, or a time of day, or a date and a time of day.
struct Moment {
    std::optional<Millis> since_start;
    std::optional<std::int64_t> day; // any day's number, counted up by one a day
    std::optional<Millis> clock;
};

// "T+0:15", "STARTEX + 30 min", "D+1 0900", "Day 2, 9:00 AM", "0915Z", "2026-05-01 09:15", "1.5.2026", "011315ZMAY26".
// Of "5/1/2026" the first number is the day if `day_first`.
std::optional<Moment> parse_moment(const std::string& text, bool day_first);

// True for "13/5/2026", where the first number can be no month.
bool says_day_first(const std::string& text);

} // namespace testudo::import_
