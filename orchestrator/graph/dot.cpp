#include <fmt/format.h>

#include "orchestrator/graph/map.hpp"

// For Graphviz. A zone as an end of a rule is the invisible point in it.
namespace testudo::graph {
namespace {

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out + "\"";
}

// Lines of a label, joined by Graphviz's own line break.
std::string label(const std::vector<std::string>& lines) {
    std::string out = "\"";
    for (const auto& line : lines) {
        const auto one = in_quotes(line);
        out += (out.size() == 1 ? "" : "\\n") + one.substr(1, one.size() - 2);
    }
    return out + "\"";
}

std::string node_line(const Node& node, std::size_t index) {
    std::vector<std::string> lines{node.heading()};
    if (!node.title.empty())
        lines.push_back(node.title);
    lines.insert(lines.end(), node.addresses.begin(), node.addresses.end());
    for (const auto& service : node.services)
        lines.push_back(service.text);
    return fmt::format("n{} [label={}, shape={}];\n", index, label(lines), node.role == "router" ? "hexagon" : "box");
}

} // namespace

std::string to_dot(const Map& map) {
    std::string out = "digraph range {\n"
                      "  rankdir=TB; compound=true; fontname=\"sans-serif\";\n"
                      "  node [fontname=\"sans-serif\", fontsize=11]; edge [fontname=\"sans-serif\", fontsize=10];\n";
    out += fmt::format("  label={}; labelloc=t;\n", label({map.label, map.title, map.subtitle, map.owners}));
    for (std::size_t z = 0; z < map.zones.size(); ++z) {
        std::vector<std::string> lines{map.zones[z].name};
        if (!map.zones[z].title.empty())
            lines.push_back(map.zones[z].title);
        lines.insert(lines.end(), map.zones[z].addresses.begin(), map.zones[z].addresses.end());
        out += fmt::format("  subgraph cluster_{0} {{\n    label={1};\n    z{0} [shape=point, style=invis];\n", z,
                           label(lines));
        for (std::size_t n = 0; n < map.nodes.size(); ++n)
            if (!map.nodes[n].between() && !map.nodes[n].zones.empty() && map.nodes[n].zones.front() == z)
                out += "    " + node_line(map.nodes[n], n);
        out += "  }\n";
    }
    for (std::size_t n = 0; n < map.nodes.size(); ++n) {
        const auto& node = map.nodes[n];
        if (node.between() || node.zones.empty())
            out += "  " + node_line(node, n);
        for (std::size_t i = node.between() ? 0 : 1; i < node.zones.size(); ++i)
            out += fmt::format("  n{0} -> z{1} [lhead=cluster_{1}, dir=none];\n", n, node.zones[i]);
    }
    for (const auto& rule : map.rules)
        out += fmt::format("  {} -> {} [label={}, color={}, constraint=false];\n", rule.from.name(rule.router),
                           rule.to.name(rule.router), in_quotes(rule.text),
                           rule.allow ? "\"#1d4ed8\"" : "\"#b91c1c\", style=dashed");
    for (const auto& check : map.checks)
        for (const auto vantage : check.vantages)
            out += fmt::format("  n{} -> n{} [label={}, color=\"#15803d\", style=dotted, constraint=false];\n", vantage,
                               check.target, in_quotes(check.title));
    return out + "}\n";
}

} // namespace testudo::graph
