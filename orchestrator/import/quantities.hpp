#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/clock.hpp"

// The ways in which other formats write amounts.
namespace testudo::import_ {

// "512", "1.5", rounded up to a whole number.
std::optional<std::int64_t> parse_amount(std::string_view text);
// "4 gib", "512Mb", "2GB", "1048576" (bytes) in MiB, rounded up; binary and decimal prefixes count alike.
std::optional<std::int64_t> parse_size(std::string_view text);
// "512 MiB", "4 GiB", as templates say it.
std::string memory_text(std::int64_t mib);
// "10min 2 sec", "1 week 1day 1h 10 ms", "1h30m", "0"; a month is 30 days.
std::optional<Millis> parse_long_duration(std::string_view text);
// The protocol that a port is known by: "http" for 80; "tcp" for any other.
std::string protocol_of_port(int port);
std::string lower_case(std::string_view text);
std::string trimmed(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);

} // namespace testudo::import_
