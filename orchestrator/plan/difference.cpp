#include "orchestrator/plan/difference.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>

namespace testudo::plan {
namespace {

using Kind = Difference::Kind;
using Member = Difference::Member;
using Judge = Consequence (*)(std::string_view path, const json::value& from, const json::value& to);

Consequence nothing(std::string_view /*path*/, const json::value& /*from*/, const json::value& /*to*/) {
    return Consequence::nothing;
}

Consequence of_segment(std::string_view path, const json::value& /*from*/, const json::value& /*to*/) {
    // Networks have no addresses of their own: libvirt is told a name, a UUID and a bridge (range/goal.hpp).
    return path == "network" || path == "uuid" || path == "bridge" ? Consequence::network : Consequence::nothing;
}

bool has_unit(const json::value& service) {
    return service.is_object() && !text_or(service.get_object(), "unit").empty();
}

// As range/goal.hpp sees it: what the hypervisor is told, and what the agent is told.
Consequence of_machine(std::string_view path, const json::value& from, const json::value& to) {
    const auto begins = [path](std::string_view with) { return path.substr(0, path.find_first_of("[.")) == with; };
    const auto ends = [path](std::string_view with) { return path.ends_with(with); };
    for (const auto* member : {"kind", "image", "domain", "uuid", "memory_mib", "cpus", "disk_mib"})
        if (path == member)
            return Consequence::machine;
    if (begins("interfaces"))
        return ends("].ipv4") || ends("].ipv6") || ends("].name") ? Consequence::personalised : Consequence::machine;
    if (begins("services"))
        return ends("].unit") || has_unit(from) || has_unit(to) ? Consequence::personalised : Consequence::nothing;
    for (const auto* member :
         {"hostname", "hosts", "routes", "forwards", "nftables", "files", "users", "setup", "reach"})
        if (begins(member))
            return Consequence::personalised;
    return Consequence::nothing;
}

Consequence of_rule(std::string_view /*path*/, const json::value& /*from*/, const json::value& /*to*/) {
    return Consequence::personalised;
}

// --- members ---------------------------------------------------------------------------------------------------------

// What tells the elements of a list apart; the first of these that all of them have, each another.
constexpr std::array<std::array<std::string_view, 2>, 7> keys{
    {{"id", ""}, {"name", ""}, {"path", ""}, {"segment", ""}, {"to", ""}, {"team", "target"}, {"nation", ""}}};

std::string key_of(const json::value& element, const std::array<std::string_view, 2>& members) {
    if (!element.is_object())
        return "";
    auto key = text_or(element.get_object(), members[0]);
    if (!members[1].empty() && !key.empty())
        key = text_or(element.get_object(), members[1]);
    return key;
}

using Keyed = std::vector<std::pair<std::string, const json::value*>>;

bool keyed(const json::array& list, const std::array<std::string_view, 2>& members, Keyed& out) {
    out.clear();
    std::set<std::string> seen;
    for (const auto& element : list) {
        out.emplace_back(key_of(element, members), &element);
        if (out.back().first.empty() || !seen.insert(out.back().first).second)
            return false;
    }
    return true;
}

const json::value* find(const Keyed& list, const std::string& key) {
    const auto found = std::find_if(list.begin(), list.end(), [&key](const auto& one) { return one.first == key; });
    return found == list.end() ? nullptr : found->second;
}

class Comparer {
  public:
    Comparer(Judge judge, std::vector<Member>& out) : judge_(judge), out_(out) {}

    void compare(const std::string& path, const json::value& from, const json::value& to) {
        if (from == to)
            return;
        if (from.is_object() && to.is_object())
            objects(path, from.get_object(), to.get_object());
        else if (!from.is_array() || !to.is_array() || !lists(path, from.get_array(), to.get_array()))
            add(path, from, to);
    }

  private:
    void add(const std::string& path, const json::value& from, const json::value& to) {
        out_.push_back({path, from, to, judge_(path, from, to)});
    }

    void objects(const std::string& path, const json::object& from, const json::object& to) {
        // A condition is told as it is written.
        const auto* was = from.if_contains("text");
        const auto* is = to.if_contains("text");
        if (was && is && from.contains("kind") && from.contains("parts") && *was != *is)
            return add(path, *was, *is);
        const auto below = [&path](std::string_view key) {
            return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
        };
        for (const auto& member : from)
            if (const auto* now = to.if_contains(member.key()))
                compare(below(member.key()), member.value(), *now);
            else
                add(below(member.key()), member.value(), nullptr);
        for (const auto& member : to)
            if (!from.contains(member.key()))
                add(below(member.key()), nullptr, member.value());
    }

    bool lists(const std::string& path, const json::array& from, const json::array& to) {
        Keyed before;
        Keyed after;
        for (const auto& key : keys) {
            if (!keyed(from, key, before) || !keyed(to, key, after))
                continue;
            for (const auto& [name, value] : before)
                if (const auto* now = find(after, name))
                    compare(fmt::format("{}[{}]", path, name), *value, *now);
                else
                    add(fmt::format("{}[{}]", path, name), *value, nullptr);
            for (const auto& [name, value] : after)
                if (!find(before, name))
                    add(fmt::format("{}[{}]", path, name), nullptr, *value);
            // The same elements in another order.
            if (const auto same = [](const auto& a, const auto& b) { return a.first == b.first; };
                before.size() == after.size() && !before.empty() &&
                std::is_permutation(before.begin(), before.end(), after.begin(), same) &&
                !std::equal(before.begin(), before.end(), after.begin(), same))
                add(path + " (order)", names(before), names(after));
            return true;
        }
        return false;
    }

    static json::array names(const Keyed& list) {
        json::array out;
        for (const auto& one : list)
            out.emplace_back(one.first);
        return out;
    }

    Judge judge_;
    std::vector<Member>& out_;
};

// --- objects ---------------------------------------------------------------------------------------------------------

struct Entry {
    std::string id;
    json::object value;
};
using Entries = std::vector<Entry>;

Entries entries_of(const json::object& plan, std::string_view list) {
    Entries out;
    for (const auto& element : array_or_empty(plan, list)) {
        if (element.is_array()) { // a column of the board: id and title
            const auto& pair = element.get_array();
            out.push_back({std::string(pair.at(0).as_string()), {{"title", pair.at(1)}}});
            continue;
        }
        auto value = element.as_object();
        auto id = text_or(value, "id");
        value.erase("id");
        out.push_back({std::move(id), std::move(value)});
    }
    return out;
}

// All of the plan that is no list of things with a name, so that nothing that is new in a plan goes untold.
Entries exercise_of(const json::object& plan) {
    auto value = plan;
    for (const auto* list : {"teams", "groups", "hosts", "segments", "machines", "checks", "users", "services",
                             "phases", "injects", "categories"})
        value.erase(list);
    return {{text_or(plan, "exercise"), std::move(value)}};
}

// The rules of a router as they are written in the template; their lines in its ruleset are what they come to.
Entries rules_of(const Plan& plan) {
    Entries out;
    constexpr std::string_view mark = " comment \"";
    for (const auto& machine : plan.machines) {
        std::map<std::string, std::size_t> known;
        std::string_view rest = machine.nftables;
        while (!rest.empty()) {
            const auto end = std::min(rest.find('\n'), rest.size());
            const auto line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            const auto comment = line.find(mark);
            if (comment == std::string_view::npos)
                continue;
            const auto begin = std::min(line.find_first_not_of(' '), comment);
            const auto match = line.substr(begin, comment - begin);
            const auto text = line.substr(comment + mark.size(), line.rfind('"') - comment - mark.size());
            const auto id = fmt::format("{} {}: {}", match.ends_with("drop") ? "deny" : "allow", machine.id, text);
            const auto [it, fresh] = known.try_emplace(id, out.size());
            if (fresh)
                out.push_back({id, {{"lines", json::array()}}});
            out[it->second].value["lines"].as_array().emplace_back(match);
        }
    }
    return out;
}

// The names and addresses that the agents of one owner's machines put into /etc/hosts (range/personalise.hpp).
std::map<std::string, std::vector<std::string>> hosts_of(const Plan& plan) {
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& machine : plan.machines)
        for (const auto& interface : machine.interfaces)
            for (const auto& address : {interface.ipv4, interface.ipv6})
                if (!address.empty())
                    out[machine.team].push_back(
                        fmt::format("{} {}", machine.hostname, address.substr(0, address.find('/'))));
    for (auto& [owner, hosts] : out)
        std::sort(hosts.begin(), hosts.end());
    return out;
}

class Finder {
  public:
    std::vector<Difference> found;

    void compare(const std::string& object, const Entries& from, const Entries& to, Judge judge, Consequence whole) {
        const auto before = index(from);
        const auto after = index(to);
        for (const auto& entry : from)
            if (!after.contains(entry.id))
                found.push_back({object, entry.id, Kind::removed, whole, {}});
        for (const auto& entry : to) {
            const auto was = before.find(entry.id);
            if (was == before.end()) {
                found.push_back({object, entry.id, Kind::added, whole, {}});
                continue;
            }
            Difference difference{object, entry.id, Kind::changed, Consequence::nothing, {}};
            Comparer(judge, difference.members).compare("", was->second->value, entry.value);
            for (const auto& member : difference.members)
                difference.consequence = std::max(difference.consequence, member.consequence);
            if (!difference.members.empty())
                found.push_back(std::move(difference));
        }
    }

  private:
    static std::map<std::string_view, const Entry*> index(const Entries& entries) {
        std::map<std::string_view, const Entry*> out;
        for (const auto& entry : entries)
            out.emplace(entry.id, &entry);
        return out;
    }
};

// A machine is told the names of its owner's other machines: those entries that only this plan has, and not the other.
Entries machines_of(const json::object& json, const Plan& plan, const Plan& other) {
    auto out = entries_of(json, "machines");
    const auto own = hosts_of(plan);
    const auto theirs = hosts_of(other);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto& team = plan.machines[i].team;
        const auto a = own.find(team);
        const auto b = theirs.find(team);
        if (a == own.end() || (b != theirs.end() && a->second == b->second))
            continue;
        std::vector<std::string> only;
        const std::vector<std::string> none;
        const auto& second = b == theirs.end() ? none : b->second;
        std::set_difference(a->second.begin(), a->second.end(), second.begin(), second.end(), std::back_inserter(only));
        out[i].value["hosts"] = json::array(only.begin(), only.end());
    }
    return out;
}

} // namespace

std::vector<Difference> difference(const Plan& from, const Plan& to) {
    const auto a = to_json(from);
    const auto b = to_json(to);
    Finder finder;
    const auto lists = [&](const char* object, const char* list, Judge judge, Consequence whole) {
        finder.compare(object, entries_of(a, list), entries_of(b, list), judge, whole);
    };
    finder.compare("exercise", exercise_of(a), exercise_of(b), nothing, Consequence::nothing);
    lists("group", "groups", nothing, Consequence::nothing);
    lists("team", "teams", nothing, Consequence::nothing);
    lists("host", "hosts", nothing, Consequence::nothing);
    lists("segment", "segments", of_segment, Consequence::network);
    finder.compare("machine", machines_of(a, from, to), machines_of(b, to, from), of_machine, Consequence::machine);
    finder.compare("rule", rules_of(from), rules_of(to), of_rule, Consequence::personalised);
    lists("check", "checks", nothing, Consequence::nothing);
    lists("users", "users", nothing, Consequence::nothing);
    lists("column", "services", nothing, Consequence::nothing);
    lists("phase", "phases", nothing, Consequence::nothing);
    lists("inject", "injects", nothing, Consequence::nothing);
    lists("score", "categories", nothing, Consequence::nothing);
    return std::move(finder.found);
}

} // namespace testudo::plan
