#pragma once
#include <string>
#include <vector>

#include "orchestrator/graph/map.hpp"

// What the two languages of graphs say in the same words.
namespace testudo::graph {

// A machine's lines: name, title, addresses if wanted, services with the letters of their checks.
std::vector<std::string> lines_of(const Node& node, bool addresses);

// One line: a box's heading has no room for more.
std::vector<std::string> heading_of(const Zone& zone);

// A router hangs below the zones that are nearest to what is shared, and above the others.
bool is_above(const Map& map, const Node& node, std::size_t zone);

// All rules of one router from one end to another.
struct Edge {
    std::size_t router = 0;
    End from;
    End to;
    bool allow = true;
    std::vector<std::string> what;
};
std::vector<Edge> edges_of(const Map& map);

// The legend of the letters: "A  Portal answers (http every 10s, from probe)".
std::vector<std::string> check_lines(const Map& map);

} // namespace testudo::graph
