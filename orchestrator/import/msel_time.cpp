#include "orchestrator/import/msel_time.hpp"

#include <array>
#include <chrono>
#include <regex>

#include "orchestrator/import/quantities.hpp"

namespace testudo::import_ {
namespace {

constexpr std::size_t longest = 48; // of what is tried as a time at all
constexpr Millis minute{60'000};
constexpr Millis hour{3'600'000};

std::optional<std::int64_t> date(int year, int month, int in_month) {
    const std::chrono::year_month_day whole{std::chrono::year(year < 100 ? 2000 + year : year),
                                            std::chrono::month(static_cast<unsigned>(month)),
                                            std::chrono::day(static_cast<unsigned>(in_month))};
    if (!whole.ok())
        return std::nullopt;
    return std::chrono::sys_days(whole).time_since_epoch().count();
}

int number(const std::ssub_match& match) {
    return match.matched && match.length() > 0 ? std::stoi(match.str()) : 0;
}

// "9:15", "09:15:30", "9:15 pm", "0915", "0915z", "0915 hrs", "9 am"
std::optional<Millis> clock_of(const std::string& text) {
    static const std::regex colons(
        R"((\d{1,2})[:.h](\d{2})(?::(\d{2}))? ?(am|pm|a\.m\.|p\.m\.)? ?(?:[a-z]|hrs?|utc|gmt|local|zulu|[ecmpw]e?s?d?t|bst)?)");
    static const std::regex digits(R"((\d{1,2})(\d{2}) ?(?:[a-z]|hrs?|hours|utc|gmt|local|zulu|[ecmpw]e?s?d?t|bst)?)");
    static const std::regex words(R"((\d{1,2}) ?(am|pm))");
    std::smatch match;
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    std::string half;
    if (std::regex_match(text, match, colons)) {
        hours = number(match[1]);
        minutes = number(match[2]);
        seconds = number(match[3]);
        half = match[4];
    } else if (std::regex_match(text, match, digits)) {
        hours = number(match[1]);
        minutes = number(match[2]);
    } else if (std::regex_match(text, match, words)) {
        hours = number(match[1]);
        half = match[2];
    } else {
        return std::nullopt;
    }
    if (!half.empty())
        hours = hours % 12 + (half.front() == 'p' ? 12 : 0);
    if (hours > 24 || minutes > 59 || seconds > 59)
        return std::nullopt;
    return hours * hour + minutes * minute + Millis{seconds * 1000};
}

// "15", "0:30", "1:05:00", "30 min", "1h 30m", "1d 02:00"
std::optional<Millis> offset_of(const std::string& text, Millis unit) {
    static const std::regex plain(R"(\d{1,6})");
    static const std::regex colons(R"((\d{1,4}):(\d{2})(?::(\d{2}))?)");
    std::smatch match;
    if (text.empty())
        return Millis{0};
    if (std::regex_match(text, plain))
        return std::stoi(text) * unit;
    if (std::regex_match(text, match, colons))
        return number(match[1]) * hour + number(match[2]) * minute + Millis{number(match[3]) * 1000};
    static const std::regex days(R"((\d{1,3}) ?d(?:ays?)?[ ,]+(\d{1,2}:\d{2}(?::\d{2})?))");
    if (std::regex_match(text, match, days))
        return number(match[1]) * 24 * hour + offset_of(match[2], unit).value_or(Millis{0});
    return parse_long_duration(text);
}

std::optional<std::int64_t> named_month(const std::string& word) {
    constexpr std::array names{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
    for (std::size_t i = 0; i < names.size(); ++i)
        if (word.starts_with(names[i]))
            return static_cast<std::int64_t>(i + 1);
    return std::nullopt;
}

// The date at the beginning, and what follows it.
std::optional<std::pair<std::int64_t, std::string>> date_of(const std::string& text, bool day_first) {
    static const std::regex iso(R"((\d{4})[-/.](\d{1,2})[-/.](\d{1,2})[t, ]*(.*))");
    static const std::regex dots(R"((\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})[, ]*(.*))");
    static const std::regex worded(R"((\d{1,2})[ -]([a-z]{3,9})[ ,-]+(\d{4}|\d{2})[, ]*(.*))");
    static const std::regex american(R"(([a-z]{3,9})\.? (\d{1,2}),? (\d{4})[, ]*(.*))");
    std::smatch match;
    std::optional<std::int64_t> day_number;
    std::string rest;
    if (std::regex_match(text, match, iso)) {
        day_number = date(number(match[1]), number(match[2]), number(match[3]));
        rest = match[4];
    } else if (std::regex_match(text, match, dots)) {
        const bool first = day_first || match[2] == ".";
        day_number = date(number(match[4]), number(match[first ? 3 : 1]), number(match[first ? 1 : 3]));
        rest = match[5];
    } else if (std::regex_match(text, match, worded)) {
        if (const auto month = named_month(match[2]))
            day_number = date(number(match[3]), static_cast<int>(*month), number(match[1]));
        rest = match[4];
    } else if (std::regex_match(text, match, american)) {
        if (const auto month = named_month(match[1]))
            day_number = date(number(match[3]), static_cast<int>(*month), number(match[2]));
        rest = match[4];
    }
    if (!day_number)
        return std::nullopt;
    return std::pair(*day_number, rest);
}

} // namespace

bool says_day_first(const std::string& text) {
    static const std::regex pattern(R"((\d{1,2})[/-](\d{1,2})[/-]\d{2,4}.*)");
    std::smatch match;
    return text.size() <= longest && std::regex_match(text, match, pattern) && number(match[1]) > 12;
}

std::optional<Moment> parse_moment(const std::string& cell, bool day_first) {
    static const std::regex since(R"((?:t|startex|start|ex|s|h|e)? ?\+ ?(.*))");
    static const std::regex start(R"(startex|start|t|h-hour|t-0|t0)");
    static const std::regex on_day(R"((?:d ?\+ ?|day ?|d ?)(\d{1,3})(?:[ ,:;/-]+(.*))?)");
    static const std::regex group(R"((\d{2}) ?(\d{4}) ?([a-z]) ?([a-z]{3}) ?(\d{4}|\d{2}))");
    static const std::regex minutes(R"(\d{1,2})");
    const auto text = lower_case(trimmed(cell));
    if (text.empty() || text.size() > longest)
        return std::nullopt;
    std::smatch match;
    Moment moment;
    if (std::regex_match(text, start)) {
        moment.since_start = Millis{0};
        return moment;
    }
    if (std::regex_match(text, match, group)) {
        const auto month = named_month(match[4]);
        moment.day = month ? date(number(match[5]), static_cast<int>(*month), number(match[1])) : std::nullopt;
        moment.clock = clock_of(match[2]);
        return moment.day && moment.clock ? std::optional(moment) : std::nullopt;
    }
    if (std::regex_match(text, match, on_day)) {
        moment.day = number(match[1]);
        const auto rest = trimmed(match[2].str());
        moment.clock = clock_of(rest);
        return rest.empty() || moment.clock ? std::optional(moment) : std::nullopt;
    }
    if (std::regex_match(text, match, since)) {
        moment.since_start = offset_of(trimmed(match[1].str()), text.front() == 'h' ? hour : minute);
        return moment.since_start ? std::optional(moment) : std::nullopt;
    }
    if (const auto found = date_of(text, day_first)) {
        moment.day = found->first;
        moment.clock = clock_of(trimmed(found->second));
        return found->second.empty() || moment.clock ? std::optional(moment) : std::nullopt;
    }
    if (std::regex_match(text, minutes)) {
        moment.since_start = std::stoi(text) * minute;
        return moment;
    }
    moment.clock = clock_of(text);
    if (moment.clock)
        return moment;
    // From when to when: "0900-0930".
    static const std::regex span("(.*[^ ]) ?(?:-|–|to) ?([^ ].*)");
    if (std::regex_match(text, match, span) && clock_of(match[2]) && (moment.clock = clock_of(match[1])))
        return moment;
    moment.since_start = parse_long_duration(text);
    return moment.since_start ? std::optional(moment) : std::nullopt;
}

} // namespace testudo::import_
