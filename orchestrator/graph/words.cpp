#include "orchestrator/graph/words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace testudo::graph {
namespace {

std::string with_letters(const std::string& text, const std::string& letters) {
    return letters.empty() ? text : fmt::format("{} ({})", text, letters);
}

} // namespace

std::vector<std::string> lines_of(const Node& node, bool addresses) {
    std::vector<std::string> lines{node.heading()};
    if (!node.title.empty())
        lines.push_back(node.title);
    if (addresses)
        lines.insert(lines.end(), node.addresses.begin(), node.addresses.end());
    for (const auto& service : node.services)
        lines.push_back(with_letters(service.text, service.checks));
    if (!node.checks.empty())
        lines.push_back(with_letters(node.role == "vantage" ? "asks" : "checked", node.checks));
    return lines;
}

std::vector<std::string> heading_of(const Zone& zone) {
    return {zone.title.empty() ? zone.name : fmt::format("{}: {}", zone.name, zone.title)};
}

bool is_above(const Map& map, const Node& node, std::size_t zone) {
    return std::all_of(node.zones.begin(), node.zones.end(),
                       [&](std::size_t other) { return map.zones[zone].level <= map.zones[other].level; });
}

std::vector<Edge> edges_of(const Map& map) {
    std::vector<Edge> edges;
    for (const auto& rule : map.rules) {
        const auto known = std::find_if(edges.begin(), edges.end(), [&rule](const Edge& edge) {
            return edge.router == rule.router && edge.from == rule.from && edge.to == rule.to &&
                   edge.allow == rule.allow;
        });
        if (known == edges.end())
            edges.push_back({rule.router, rule.from, rule.to, rule.allow, {rule.what}});
        else
            known->what.push_back(rule.what);
    }
    return edges;
}

std::vector<std::string> check_lines(const Map& map) {
    std::vector<std::string> lines{"What is checked"};
    for (const auto& check : map.checks)
        lines.push_back(fmt::format("{}  {} ({})", check.letter, check.heading(), check.text));
    return lines;
}

} // namespace testudo::graph
