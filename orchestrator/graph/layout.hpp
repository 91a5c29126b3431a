#pragma once
#include <array>
#include <string>
#include <vector>

#include "orchestrator/graph/map.hpp"

// Where everything of a map stands in a picture. Whole pixels only, so that the same map gives the same picture.
namespace testudo::graph {

struct Box {
    int x = 0;
    int y = 0;
    int w = 0;
    int h = 0;
    int right() const { return x + w; }
    int bottom() const { return y + h; }
    int cx() const { return x + w / 2; }
    int cy() const { return y + h / 2; }
};

struct Point {
    int x = 0;
    int y = 0;
};

// One line of a machine's card.
struct CardLine {
    enum class Kind { name, role, title, address, service, checks };
    Kind kind = Kind::name;
    std::string text;
    std::string badge; // letters of checks
};
std::vector<CardLine> card_of(const Node& node);
int height_of(CardLine::Kind kind);

inline constexpr int card_width = 190;
inline constexpr int card_padding = 10;

// A machine's cable to a zone in which it is not drawn.
struct Link {
    std::size_t node = 0;
    std::vector<Point> points;
};

// One or several rules between the same two ends.
struct Arrow {
    std::string numbers; // of the rules, from 1: "3, 4"
    bool allow = true;
    // Straight from a card past those that stand before it, a cubic Bézier, and straight again to the other card.
    std::vector<Point> lead;
    std::array<Point, 4> curve;
    std::vector<Point> tail;
    Point badge;
};

struct Layout {
    int width = 0;
    int height = 0;         // without legend
    std::vector<Box> zones; // as in the map
    std::vector<Box> nodes;
    Box frame; // around what is a team's; empty when nothing is
    std::vector<Link> links;
    std::vector<Arrow> arrows;
};

Layout lay_out(const Map& map, int top);

// The lines above a zone's cards: its addresses, below its name.
inline constexpr int zone_padding = 16;
int zone_header(const Zone& zone);

} // namespace testudo::graph
