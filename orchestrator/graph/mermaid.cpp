#include <fmt/format.h>

#include "orchestrator/graph/map.hpp"
#include "orchestrator/graph/words.hpp"

// For Mermaid, which code forges draw inside of Markdown. A zone is a box, and a node in it with its addresses, at
// which cables and rules end. Texts stand in quotes and special characters as entities.
namespace testudo::graph {
namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           std::string_view(" .,:-()/").find(c) != std::string_view::npos ||
                           static_cast<unsigned char>(c) >= 0x80;
        if (plain)
            out += c;
        else
            out += static_cast<unsigned char>(c) < 0x20 ? " " : fmt::format("#{};", static_cast<int>(c));
    }
    return out;
}

std::string in_quotes(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines)
        out += (out.empty() ? "" : "<br/>") + escaped(line);
    return "\"" + out + "\"";
}

std::string node_line(const Node& node, std::size_t index) {
    const bool router = node.role == "router";
    return fmt::format("n{}{}{}{}\n", index, router ? "{{" : "[", in_quotes(lines_of(node, false)),
                       router ? "}}" : "]");
}

} // namespace

std::string to_mermaid(const Map& map) {
    auto out = fmt::format("---\ntitle: {}\nconfig:\n  flowchart:\n    wrappingWidth: 480\n---\nflowchart TB\n",
                           in_quotes({map.label + " · " + map.title}));
    for (std::size_t z = 0; z < map.zones.size(); ++z) {
        const auto& zone = map.zones[z];
        out += fmt::format("  subgraph s{0}[{1}]\n    z{0}([{2}])\n", z, in_quotes(heading_of(zone)),
                           in_quotes(zone.addresses));
        for (std::size_t n = 0; n < map.nodes.size(); ++n)
            if (!map.nodes[n].between() && !map.nodes[n].zones.empty() && map.nodes[n].zones.front() == z)
                out += "    " + node_line(map.nodes[n], n);
        out += "  end\n";
    }
    for (std::size_t n = 0; n < map.nodes.size(); ++n) {
        const auto& node = map.nodes[n];
        if (node.between() || node.zones.empty())
            out += "  " + node_line(node, n);
        for (std::size_t i = node.between() ? 0 : 1; i < node.zones.size(); ++i)
            out += is_above(map, node, node.zones[i]) ? fmt::format("  z{} --- n{}\n", node.zones[i], n)
                                                      : fmt::format("  n{} --- z{}\n", n, node.zones[i]);
    }
    for (const auto& edge : edges_of(map))
        out += fmt::format("  {} {}|{}| {}\n", edge.from.name(edge.router), edge.allow ? "-->" : "--x",
                           in_quotes(edge.what), edge.to.name(edge.router));
    if (!map.checks.empty())
        out += fmt::format("  checks[{}]\n", in_quotes(check_lines(map)));
    return out;
}

} // namespace testudo::graph
