#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <stdexcept>

#include "orchestrator/plan/difference.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::plan {
namespace {

using Kind = Difference::Kind;

constexpr std::size_t longest = 60; // of a value that is shown whole

std::string_view word_of(Kind kind) {
    switch (kind) {
    case Kind::added:
        return "added";
    case Kind::removed:
        return "removed";
    case Kind::changed:
        return "changed";
    }
    throw std::logic_error("unknown kind of difference");
}

std::string points(std::int64_t milli) {
    return milli % 1000 == 0 ? fmt::format("{} points", milli / 1000)
                             : fmt::format("{} points", static_cast<double>(milli) / 1000);
}

std::string value_text(std::string_view path, const json::value& value) {
    if (value.is_null())
        return "none";
    if (value.is_int64() && path.ends_with("_ms"))
        return template_::to_text(Millis(value.get_int64()));
    if (value.is_int64() && path.ends_with("_milli"))
        return points(value.get_int64());
    auto text = value.is_string() ? std::string(value.get_string()) : json::serialize(value);
    if (value.is_string() && text.empty())
        return "none";
    return text;
}

std::string_view line_of(std::string_view text, std::size_t number) {
    for (; number > 0; --number)
        text.remove_prefix(std::min(text.size(), text.find('\n') == text.npos ? text.size() : text.find('\n') + 1));
    return text.substr(0, text.find('\n'));
}

std::string shortened(std::string_view text) {
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(' ')));
    if (text.size() <= longest)
        return std::string(text);
    auto end = longest - 3;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end; // not in the middle of a character
    return std::string(text.substr(0, end)) + "...";
}

// Long texts: the first line in which they differ.
std::string change_text(std::string_view path, const Difference::Member& member) {
    const auto from = value_text(path, member.from);
    const auto to = value_text(path, member.to);
    const auto whole = [](const std::string& text) {
        return text.size() <= longest && text.find('\n') == std::string::npos;
    };
    if (whole(from) && whole(to))
        return fmt::format("{} -> {}", from, to);
    if (!member.from.is_string() || !member.to.is_string())
        return fmt::format("{} -> {}", shortened(line_of(from, 0)), shortened(line_of(to, 0)));
    const auto lines = static_cast<std::size_t>(std::count(from.begin(), from.end(), '\n'));
    std::size_t line = 0;
    while (line_of(from, line) == line_of(to, line))
        if (line++ > lines)
            return "ends in another way";
    return fmt::format("line {}: {} -> {}", line + 1, shortened(line_of(from, line)), shortened(line_of(to, line)));
}

std::string member_text(const Difference::Member& member) {
    std::string_view name = member.path;
    for (const std::string_view unit : {"_ms", "_milli", "_mib"})
        if (name.ends_with(unit))
            name.remove_suffix(unit.size());
    const auto unit = member.path.ends_with("_mib") ? " MiB" : "";
    if (member.from.is_null() || member.to.is_null()) {
        const auto& value = member.from.is_null() ? member.to : member.from;
        return fmt::format("{}{} {}: {}", member.from.is_null() ? "+ " : "- ", name,
                           member.from.is_null() ? "is new" : "is gone",
                           shortened(line_of(value_text(member.path, value), 0)));
    }
    return fmt::format("{}: {}{}", name, change_text(member.path, member), unit);
}

std::string consequence_text(const Difference& difference) {
    const bool added = difference.kind == Kind::added;
    if (difference.kind != Kind::changed && difference.consequence == Consequence::machine)
        return added ? "machine made" : "machine removed";
    if (difference.kind != Kind::changed && difference.consequence == Consequence::network)
        return added ? "network made" : "network removed";
    return std::string(word_of(difference.consequence));
}

// "portal@north" is the team North's of what is called "portal".
std::pair<std::string, std::string> split_id(const std::string& id) {
    const auto at = id.find('@');
    if (at == std::string::npos)
        return {id, ""};
    const auto end = std::min(id.find(':', at), id.size());
    return {id.substr(0, at) + id.substr(end), id.substr(at + 1, end - at - 1)};
}

struct Told { // one change, of one thing or of the same thing of several teams
    const Difference* first;
    std::string name;
    std::vector<std::string> teams;
};

std::vector<Told> together(const std::vector<Difference>& differences) {
    std::vector<Told> out;
    std::map<std::string, std::size_t> known;
    for (const auto& difference : differences) {
        const auto [name, team] = split_id(difference.id);
        auto key = fmt::format("{}\n{}\n{}\n{}", difference.object, name, word_of(difference.kind),
                               team.empty() ? difference.id : "");
        for (const auto& member : difference.members)
            key += "\n" + member.path + "\n" + json::serialize(member.from) + "\n" + json::serialize(member.to);
        const auto [it, fresh] = known.try_emplace(std::move(key), out.size());
        if (fresh)
            out.push_back({&difference, name, {}});
        if (!team.empty())
            out[it->second].teams.push_back(team);
    }
    return out;
}

std::string summary(const std::vector<Difference>& differences) {
    std::array<int, 3> kinds{};
    std::map<std::string, int> work;
    for (const auto& difference : differences) {
        ++kinds.at(static_cast<std::size_t>(difference.kind));
        if (difference.object != "rule" && difference.consequence != Consequence::nothing)
            ++work[consequence_text(difference)];
    }
    auto out = fmt::format("{} added, {} removed, {} changed", kinds[0], kinds[1], kinds[2]);
    if (work.empty())
        return out + "; nothing on the range\n";
    out += "; on the range:";
    const char* separator = " ";
    for (const auto& [what, count] : work) {
        out += fmt::format("{}{} x {}", separator, count, what);
        separator = ", ";
    }
    return out + "\n";
}

} // namespace

std::string describe(const std::vector<Difference>& differences) {
    if (differences.empty())
        return "no difference\n";
    std::string out;
    bool told = false;
    for (const auto& one : together(differences)) {
        const auto& difference = *one.first;
        const auto sign = difference.kind == Kind::added ? '+' : difference.kind == Kind::removed ? '-' : '~';
        const auto id =
            one.teams.size() > 1 ? fmt::format("{} of {}", one.name, fmt::join(one.teams, ", ")) : difference.id;
        out += fmt::format("{} {} {}: {}; {}\n", sign, difference.object, id, word_of(difference.kind),
                           consequence_text(difference));
        for (const auto& member : difference.members)
            out += fmt::format(
                "    {}{}\n", member_text(member),
                member.consequence == difference.consequence ? "" : fmt::format(" ({})", word_of(member.consequence)));
        told = told || difference.consequence == Consequence::personalised;
    }
    out += "\n" + summary(differences);
    if (told)
        out +=
            "An agent that is to be told something else gets a machine made anew: only a fresh one is known to be as "
            "planned.\n";
    return out + "A running exercise keeps its plan; the log of one plan cannot be taken up with the other.\n";
}

json::array describe_json(const std::vector<Difference>& differences) {
    json::array out;
    for (const auto& difference : differences) {
        json::array members;
        for (const auto& member : difference.members)
            members.push_back(json::object{{"member", member.path},
                                           {"from", member.from},
                                           {"to", member.to},
                                           {"consequence", word_of(member.consequence)}});
        out.push_back(json::object{{"object", difference.object},
                                   {"id", difference.id},
                                   {"change", word_of(difference.kind)},
                                   {"consequence", consequence_text(difference)},
                                   {"members", std::move(members)}});
    }
    return out;
}

std::string_view word_of(Consequence consequence) {
    switch (consequence) {
    case Consequence::nothing:
        return "nothing on the range";
    case Consequence::personalised:
        return "agent re-personalised";
    case Consequence::machine:
        return "machine rebuilt";
    case Consequence::network:
        return "network rebuilt";
    }
    throw std::logic_error("unknown consequence");
}

} // namespace testudo::plan
