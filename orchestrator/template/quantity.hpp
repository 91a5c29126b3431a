#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/core/clock.hpp"

namespace testudo::template_ {

// "90s", "5m", "1h30m", "500ms", "2d": whole numbers with units, largest first, no blanks. At most 366 days.
std::optional<Millis> parse_duration(std::string_view text);
// The shortest such text: "1h30m".
std::string to_text(Millis duration);

// "64 MiB", "2GiB" in MiB.
std::optional<std::int64_t> parse_mebibytes(std::string_view text);

// Decimal digits with an optional minus; no leading zero (which other readers take for octal), no underscore, no
// exponent.
std::optional<std::int64_t> parse_whole_number(std::string_view text);

// "3", "0.5", "12.25" points in milli-points.
std::optional<std::int64_t> parse_points(std::string_view text);

} // namespace testudo::template_
