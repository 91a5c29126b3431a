#include <fmt/format.h>

#include "orchestrator/graph/map.hpp"
#include "orchestrator/graph/words.hpp"

// For Graphviz. A zone is a box, and a node in it with its addresses, at which cables and rules end: edges that end at
// boxes are what Graphviz loses. Rules take part in the ranking for the same reason.
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
    return fmt::format("n{} [label={}, shape={}];\n", index, label(lines_of(node, true)),
                       node.role == "router" ? "hexagon" : "box");
}

} // namespace

std::string to_dot(const Map& map) {
    std::string out = "digraph range {\n"
                      "  rankdir=TB; fontname=\"sans-serif\";\n"
                      "  node [fontname=\"sans-serif\", fontsize=11]; edge [fontname=\"sans-serif\", fontsize=10];\n";
    out += fmt::format("  label={}; labelloc=t;\n", label({map.label, map.title, map.subtitle, map.owners}));
    for (std::size_t z = 0; z < map.zones.size(); ++z) {
        const auto& zone = map.zones[z];
        out += fmt::format("  subgraph cluster_{0} {{\n    label={1};\n    z{0} [label={2}, shape=box, "
                           "style=\"rounded,filled\", fillcolor=\"#e8edf4\"];\n",
                           z, label(heading_of(zone)), label(zone.addresses));
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
            out += is_above(map, node, node.zones[i])
                       ? fmt::format("  z{1} -> n{0} [dir=none, penwidth=2];\n", n, node.zones[i])
                       : fmt::format("  n{0} -> z{1} [dir=none, penwidth=2];\n", n, node.zones[i]);
    }
    for (const auto& edge : edges_of(map))
        out += fmt::format("  {} -> {} [label={}, color={}];\n", edge.from.name(edge.router), edge.to.name(edge.router),
                           label(edge.what), edge.allow ? "\"#1d4ed8\"" : "\"#b91c1c\", style=dashed");
    if (!map.checks.empty())
        out += fmt::format("  checks [label={}, shape=note];\n", label(check_lines(map)));
    return out + "}\n";
}

} // namespace testudo::graph
