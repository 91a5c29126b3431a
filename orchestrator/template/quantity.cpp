#include "orchestrator/template/quantity.hpp"

#include <array>
#include <charconv>
#include <fmt/format.h>

namespace testudo::template_ {
namespace {

struct Unit {
    std::string_view word;
    std::int64_t milliseconds;
};
constexpr std::array<Unit, 5> units{{{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};
constexpr std::int64_t longest = 366LL * 86'400'000;

// Takes decimal digits off the front.
std::optional<std::int64_t> take_number(std::string_view& text) {
    std::int64_t n = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (fault != std::errc() || n < 0)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return n;
}

} // namespace

std::optional<Millis> parse_duration(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    std::int64_t total = 0;
    std::size_t next_unit = 0;
    while (!text.empty()) {
        const auto n = take_number(text);
        if (!n || *n > longest)
            return std::nullopt;
        const auto word = text.substr(0, text.find_first_of("0123456789"));
        auto unit = next_unit;
        while (unit < units.size() && units[unit].word != word)
            ++unit;
        if (unit == units.size() || *n > longest / units[unit].milliseconds)
            return std::nullopt;
        total += *n * units[unit].milliseconds;
        next_unit = unit + 1;
        text.remove_prefix(word.size());
    }
    if (total > longest)
        return std::nullopt;
    return Millis(total);
}

std::string to_text(Millis duration) {
    auto left = static_cast<std::int64_t>(duration.count());
    if (left == 0)
        return "0s";
    std::string out;
    for (const auto& unit : units) {
        if (const auto n = left / unit.milliseconds; n != 0)
            out += fmt::format("{}{}", n, unit.word);
        left %= unit.milliseconds;
    }
    return out;
}

std::optional<std::int64_t> parse_mebibytes(std::string_view text) {
    const auto n = take_number(text);
    while (text.starts_with(' '))
        text.remove_prefix(1);
    if (!n || *n > 1'000'000'000)
        return std::nullopt;
    if (text == "MiB")
        return *n;
    if (text == "GiB")
        return *n * 1024;
    return std::nullopt;
}

std::optional<std::int64_t> parse_whole_number(std::string_view text) {
    const auto digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0'))
        return std::nullopt;
    std::int64_t n = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (fault != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return n;
}

std::optional<std::int64_t> parse_points(std::string_view text) {
    const auto dot = text.find('.');
    const auto whole = parse_whole_number(text.substr(0, dot));
    if (!whole || *whole < 0 || text.starts_with('-') || *whole > 1'000'000)
        return std::nullopt;
    std::int64_t milli = 0;
    if (dot != std::string_view::npos) {
        auto fraction = std::string(text.substr(dot + 1));
        if (fraction.empty() || fraction.size() > 3 || fraction.find_first_not_of("0123456789") != std::string::npos)
            return std::nullopt;
        fraction.resize(3, '0');
        milli = std::stol(fraction);
    }
    return *whole * 1000 + milli;
}

} // namespace testudo::template_
