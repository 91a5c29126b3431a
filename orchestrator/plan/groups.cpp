#include "orchestrator/plan/groups.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "orchestrator/plan/nations.hpp"

namespace testudo::plan {
namespace {

using template_::error;
using template_::Text;
using template_::warn;

// "2026-01-31", a day of our calendar.
bool is_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-')
        return false;
    const auto number = [text](std::size_t at, std::size_t length) {
        int value = -1;
        const auto* end = text.data() + at + length;
        const auto [stop, fault] = std::from_chars(text.data() + at, end, value);
        return fault == std::errc() && stop == end ? value : -1;
    };
    const int year = number(0, 4);
    const int month = number(5, 2);
    const int day = number(8, 2);
    if (year < 1900 || month < 1 || month > 12 || day < 1)
        return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    const int days = month == 2 ? (leap ? 29 : 28) : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    return day <= days;
}

void add(std::vector<std::string>& nations, const std::string& nation) {
    if (std::find(nations.begin(), nations.end(), nation) == nations.end())
        nations.push_back(nation);
}

} // namespace

const Group* find_group(const Plan& plan, std::string_view id) {
    const auto found =
        std::find_if(plan.groups.begin(), plan.groups.end(), [id](const Group& g) { return g.id == id; });
    return found == plan.groups.end() ? nullptr : &*found;
}

std::optional<std::string> nation_of(const Text& text, Draft& draft) {
    if (is_nation(text.value))
        return text.value;
    if (const auto alias = alias_of(text.value); !alias.empty()) {
        const auto note = fmt::format("`{}` is read as `{}`", text.value, alias);
        warn(draft.out, "T1105", text.span, note, fmt::format("ISO 3166-1 says {}", alias));
        add(draft.plan.notes, note);
        return alias;
    }
    const auto meant = meant_nation(text.value);
    error(draft.out, "T0401", text.span, fmt::format("`{}` is no nation's code", text.value),
          meant.empty() ? "three capital letters of ISO 3166-1; exercise-only nations are XAA to XZZ"
                        : fmt::format("did you mean `{}`?", meant));
    return std::nullopt;
}

std::vector<std::string> nations_of(const std::vector<Text>& texts, Draft& draft) {
    std::vector<std::string> nations;
    for (const auto& text : texts) {
        if (const auto* group = find_group(draft.plan, text.value))
            for (const auto& nation : group->nations)
                add(nations, nation);
        else if (const auto nation = nation_of(text, draft))
            add(nations, *nation);
    }
    return nations;
}

void plan_groups(Draft& draft) {
    refuse_doubles(draft.source.groups, "groups", draft.out);
    for (const auto& spec : draft.source.groups) {
        if (find_group(draft.plan, spec.id.value))
            continue;
        if (is_nation(spec.id.value) || !alias_of(spec.id.value).empty())
            error(draft.out, "T1103", spec.id.span, fmt::format("`{}` is a nation's code, no group's", spec.id.value));
        if (spec.as_of.given() && !is_day(spec.as_of.value))
            error(draft.out, "T1104", spec.as_of.span, fmt::format("`{}` is no day", spec.as_of.value),
                  "write 2026-01-31");
        Group group;
        group.id = spec.id.value;
        group.title = title_or(spec.title, spec.id.value, draft);
        group.as_of = spec.as_of.value;
        for (const auto& nation : spec.nations)
            if (const auto code = nation_of(nation, draft))
                add(group.nations, *code);
        draft.plan.groups.push_back(std::move(group));
    }
}

} // namespace testudo::plan
