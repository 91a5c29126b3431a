#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/template/language/messages.hpp"
#include "orchestrator/template/language/parts.hpp"

namespace testudo::template_ {
namespace {

const Table<TeamSpec>& team_table() {
    static const Table<TeamSpec> table(
        "a team",
        {word("colour", &TeamSpec::colour, {"blue", "red", "white", "green", "yellow"},
              "What the team does: blue defends, red attacks, white controls, green builds, yellow reports.")
             .must(),
         text("title", &TeamSpec::title, "The name that people read; the key itself if not given."),
         texts("nations", &TeamSpec::nations, "ISO 3166-1 alpha-3 codes of the nations that it is made of."),
         special<TeamSpec>(
             "language", [](Reader& r, const Node& node, TeamSpec& team) { read_language(r, node, team.language); },
             language_schema, "The language that its messages come in, where they have it: `fr`.")});
    return table;
}

const Table<GroupSpec>& group_table() {
    static const Table<GroupSpec> table(
        "a group", {text("title", &GroupSpec::title, "Its name in full."),
                    texts("nations", &GroupSpec::nations, "The nations that belong to it.").must(),
                    text("as_of", &GroupSpec::as_of, "The day on which they did: 2026-01-31.").must()});
    return table;
}

// Groups are written in capitals, as nations are, so they are no names as teams and machines have them.
void read_groups(Reader& r, const Node& node, Template& t) {
    if (node.kind != Node::Kind::mapping)
        return r.wrong(node, "a mapping from names to groups of nations");
    for (const auto& entry : node.entries) {
        GroupSpec group;
        if (is_group(entry.key))
            group.id = Text{entry.key, entry.key_span};
        else
            error(r.out, "T0209", entry.key_span, fmt::format("`{}` cannot be the name of a group", entry.key),
                  "two to sixteen capital letters and digits, a letter first: NATO, EU, JEF");
        if (group_table().read(r, *entry.value, group) && group.id.given())
            t.groups.push_back(std::move(group));
    }
}

const Table<HostSpec>& host_table() {
    static const Table<HostSpec> table(
        "a host",
        {text("title", &HostSpec::title, "What it is, in words."),
         text("uri", &HostSpec::uri, "How libvirt reaches it: `qemu+ssh://range@198.18.255.1/system`.").must(),
         text("nation", &HostSpec::nation, "The nation that contributes it.").must(),
         mebibytes("memory", &HostSpec::memory, 64, 1 << 28, "How much memory it has for machines.").must(),
         mebibytes("disk", &HostSpec::disk, 64, 1 << 30, "How much disk it has for machines; not given: enough."),
         mebibytes("reserve", &HostSpec::reserve, 0, 1 << 28, "How much of its memory is kept free."),
         texts("for", &HostSpec::only_for, "The teams or nations whose machines it takes; not given: all."),
         text("highest", &HostSpec::highest, "The highest classification of machines that it takes: `RESTRICTED`.")});
    return table;
}

void read_quotas(Reader& r, const Node& node, Template& t) {
    if (node.kind != Node::Kind::mapping)
        return r.wrong(node, "a mapping from nations to amounts of memory");
    for (const auto& entry : node.entries) {
        QuotaSpec quota;
        quota.nation = Text{entry.key, entry.key_span};
        r.mebibytes(*entry.value, 64, 1 << 28, quota.memory);
        t.quotas.push_back(std::move(quota));
    }
}

} // namespace

bool is_group(std::string_view text) {
    const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return text.size() >= 2 && text.size() <= 16 && capital(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return capital(c) || (c >= '0' && c <= '9'); });
}

std::vector<Key<Template>> who_keys() {
    return {
        special<Template>(
            "groups", read_groups,
            [] {
                return json::object{{"type", "object"},
                                    {"propertyNames", shape::matching("name of a group", "^[A-Z][A-Z0-9]{1,15}$")},
                                    {"additionalProperties", group_table().schema()}};
            },
            "Nations under one name, for teams and labels: NATO, EU."),
        each("teams", &Template::teams, team_table(), longest_team, "Who takes part.").must(),
        each("hosts", &Template::hosts, host_table(), longest_id,
             "Where machines may run; not given: the host of the program."),
        special<Template>(
            "quotas", read_quotas,
            [] {
                return json::object{{"type", "object"},
                                    {"propertyNames", shape::matching("code of a nation", "^[A-Z]{3}$")},
                                    {"additionalProperties", shape::mebibytes()}};
            },
            "How much memory of the hosts the machines of a nation's teams may take."),
    };
}

} // namespace testudo::template_
