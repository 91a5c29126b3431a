#pragma once
#include <string>
#include <vector>

#include "orchestrator/plan/plan.hpp"
#include "orchestrator/template/template.hpp"

// What a picture of a range shows, before anything is drawn. All blue teams have the same parts, so one team stands for
// all that are shown.
namespace testudo::graph {

struct View {
    std::string team; // a blue team's name or number; "" = all of them
    // Who is to look at it: a nation, for what all its teams may see, or "white", for everything. "" = the team that is
    // shown, or everything where all are.
    std::string audience;
};

struct Zone { // a segment
    std::string name;
    std::string title;
    std::vector<std::string> addresses;
    bool shared = true;
    int level = 0; // routers between it and what is shared
};

struct Node { // a machine, or several that are alike but for their number
    std::string name;
    std::string title;
    std::string role; // as in the plan
    bool vm = false;
    bool shared = true;
    int count = 1;
    std::vector<std::string> addresses;
    struct Service {
        std::string name;
        std::string text;   // "web: http 80"
        std::string checks; // the letters of those that ask it: "A C"
    };
    std::vector<Service> services;
    std::string checks;             // that ask the machine itself, or, of a vantage, that it asks
    std::vector<std::size_t> zones; // that it stands on; the first one is where it is drawn
    bool between() const { return role == "router" && zones.size() > 1; }
    std::string heading() const; // its name, and how many it stands for if more than one
};

struct End { // of a rule
    enum class Kind { zone, node, any };
    Kind kind = Kind::any;
    std::size_t index = 0;
    bool operator==(const End&) const = default;
    // What dot and Mermaid call it: "z2" for a zone, "n3" for a node, the router for anything. Numbers, so that no name
    // of a template becomes syntax.
    std::string name(std::size_t router) const;
};

struct Rule {
    std::size_t router = 0; // a node
    End from;
    End to;
    bool allow = true;
    std::string ends; // "internet → portal"
    std::string what; // "web: http 80"
    std::string text() const { return ends + ": " + what; }
};

struct Check {          // or several that are alike but for the machine of a group that they ask
    std::string letter; // "A" .. "Z", "AA" ..
    int count = 1;
    std::string title;
    std::string text; // "http every 10s, from probe-1 and probe-2"
    std::size_t target = 0;
    std::vector<std::size_t> vantages; // none where they may not be seen
    std::string heading() const;       // its title, and how many it stands for if more than one
};

struct Map {
    std::string title;
    std::string label;
    std::string subtitle; // how much there is of everything
    std::string owners;   // whose parts those are that are not shared: "North (EST)"
    std::vector<Zone> zones;
    std::vector<Node> nodes;
    std::vector<Rule> rules;
    std::vector<Check> checks;
};

// Fails for a team or a nation that does not take part.
Result<Map> make_map(const template_::Template& source, const plan::Plan& plan, const View& view);

// The picture in three languages. All are pure functions of the map, and escape what they are given.
std::string to_svg(const Map& map);
std::string to_dot(const Map& map);
std::string to_mermaid(const Map& map);

} // namespace testudo::graph
