#include <fmt/format.h>

#include "orchestrator/graph/map.hpp"

// For Mermaid, which code forges draw inside of Markdown. Texts stand in quotes and special characters as entities.
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

std::string lines_of(const std::vector<std::string>& lines) {
    std::string out;
    for (const auto& line : lines)
        out += (out.empty() ? "" : "<br/>") + escaped(line);
    return "\"" + out + "\"";
}

std::string node_line(const Node& node, std::size_t index) {
    std::vector<std::string> lines{node.heading()};
    if (!node.title.empty())
        lines.push_back(node.title);
    for (const auto& service : node.services)
        lines.push_back(service.text);
    const bool router = node.role == "router";
    return fmt::format("n{}{}{}{}\n", index, router ? "{{" : "[", lines_of(lines), router ? "}}" : "]");
}

} // namespace

std::string to_mermaid(const Map& map) {
    auto out = fmt::format("---\ntitle: {}\n---\nflowchart TB\n", lines_of({map.label + " · " + map.title}));
    for (std::size_t z = 0; z < map.zones.size(); ++z) {
        std::vector<std::string> lines{map.zones[z].name};
        lines.insert(lines.end(), map.zones[z].addresses.begin(), map.zones[z].addresses.end());
        out += fmt::format("  subgraph z{}[{}]\n", z, lines_of(lines));
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
            out += fmt::format("  z{} --- n{}\n", node.zones[i], n);
    }
    for (const auto& rule : map.rules)
        out += fmt::format("  {} {}|{}| {}\n", rule.from.name(rule.router), rule.allow ? "-->" : "--x",
                           lines_of({rule.text}), rule.to.name(rule.router));
    for (const auto& check : map.checks)
        for (const auto vantage : check.vantages)
            out += fmt::format("  n{} -.->|{}| n{}\n", vantage, lines_of({check.title}), check.target);
    return out;
}

} // namespace testudo::graph
