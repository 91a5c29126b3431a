#include "orchestrator/import/quantities.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "orchestrator/plan/ports.hpp"

namespace testudo::import_ {
namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";
constexpr double largest = 1e12;

std::optional<double> take_decimal(std::string_view& text) {
    double value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (fault != std::errc() || value < 0 || value > largest || !std::isfinite(value))
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

struct Unit {
    std::string_view word;
    double milliseconds;
};
constexpr std::array units{
    Unit{"ns", 1e-6},        Unit{"nsec", 1e-6},      Unit{"us", 1e-3},       Unit{"usec", 1e-3},
    Unit{"ms", 1},           Unit{"msec", 1},         Unit{"s", 1e3},         Unit{"sec", 1e3},
    Unit{"secs", 1e3},       Unit{"second", 1e3},     Unit{"seconds", 1e3},   Unit{"m", 6e4},
    Unit{"min", 6e4},        Unit{"mins", 6e4},       Unit{"minute", 6e4},    Unit{"minutes", 6e4},
    Unit{"h", 3.6e6},        Unit{"hr", 3.6e6},       Unit{"hrs", 3.6e6},     Unit{"hour", 3.6e6},
    Unit{"hours", 3.6e6},    Unit{"d", 8.64e7},       Unit{"day", 8.64e7},    Unit{"days", 8.64e7},
    Unit{"w", 6.048e8},      Unit{"week", 6.048e8},   Unit{"weeks", 6.048e8}, Unit{"mon", 2.592e9},
    Unit{"month", 2.592e9},  Unit{"months", 2.592e9}, Unit{"y", 3.1536e10},   Unit{"year", 3.1536e10},
    Unit{"years", 3.1536e10}};

} // namespace

std::string lower_case(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return "";
    return std::string(text.substr(begin, text.find_last_not_of(blanks) + 1 - begin));
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(separator, at), text.size());
        all.push_back(trimmed(text.substr(at, end - at)));
        at = end + 1;
    }
    return all;
}

std::optional<std::int64_t> parse_amount(std::string_view text) {
    const auto whole = trimmed(text);
    std::string_view rest(whole);
    const auto value = take_decimal(rest);
    if (!value || !rest.empty())
        return std::nullopt;
    return static_cast<std::int64_t>(std::ceil(*value));
}

std::optional<std::int64_t> parse_size(std::string_view text) {
    const auto whole = lower_case(trimmed(text));
    std::string_view rest(whole);
    const auto value = take_decimal(rest);
    if (!value)
        return std::nullopt;
    const auto unit = trimmed(rest);
    double mebibytes = 0;
    if (unit.empty() || unit == "b")
        mebibytes = *value / 1048576;
    else if (unit == "k" || unit == "kb" || unit == "kib")
        mebibytes = *value / 1024;
    else if (unit == "m" || unit == "mb" || unit == "mib")
        mebibytes = *value;
    else if (unit == "g" || unit == "gb" || unit == "gib")
        mebibytes = *value * 1024;
    else if (unit == "t" || unit == "tb" || unit == "tib")
        mebibytes = *value * 1048576;
    else
        return std::nullopt;
    return static_cast<std::int64_t>(std::ceil(std::min(mebibytes, largest)));
}

std::string memory_text(std::int64_t mib) {
    return mib % 1024 == 0 ? fmt::format("{} GiB", mib / 1024) : fmt::format("{} MiB", mib);
}

std::optional<Millis> parse_long_duration(std::string_view text) {
    std::string packed;
    for (const char c : lower_case(text))
        if (blanks.find(c) == std::string_view::npos && c != '_' && c != '+')
            packed += c;
    if (packed == "0")
        return Millis{0};
    std::string_view rest(packed);
    double total = 0;
    if (rest.empty())
        return std::nullopt;
    while (!rest.empty()) {
        const auto value = take_decimal(rest);
        const auto word = rest.substr(0, rest.find_first_of("0123456789."));
        const auto* unit = std::find_if(units.begin(), units.end(), [word](const Unit& u) { return u.word == word; });
        if (!value || unit == units.end())
            return std::nullopt;
        total += *value * unit->milliseconds;
        rest.remove_prefix(word.size());
    }
    if (total > 3.1536e12)
        return std::nullopt;
    return Millis{static_cast<std::int64_t>(total)};
}

std::string protocol_of_port(int port) {
    for (const auto* protocol : {"http", "dns", "smtp", "postgresql", "modbus", "ssh"})
        if (plan::usual_port(protocol) == port)
            return protocol;
    return "tcp";
}

} // namespace testudo::import_
