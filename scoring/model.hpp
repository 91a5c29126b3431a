#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/core/clock.hpp"

// What can be won and lost in an exercise, known before STARTEX. Made from the plan by exercise/scoring_model.hpp.
namespace testudo::scoring {

struct Team {
    std::string id;
    std::string title;
};

struct Category {
    std::string id; // "availability", "impact", "restoration", "reports"; others hold adjustments only
    std::string title;
    std::int64_t weight_milli = 0; // share of the total, in milli-points
};

// One check of one team, or of the reference copy (team == "").
struct Check {
    std::string id;      // "portal-answers@north"
    std::string name;    // "portal-answers": the same for every team and the reference
    std::string title;   // "Portal answers on HTTP"
    std::string team;    // "" for the reference
    std::string machine; // what is checked
    Millis period{10'000};
    int confirm_failures = 2;
    int confirm_of = 2;
    std::int64_t weight_milli = 1000;
    bool tells_team = true; // the reason of a failure
    bool charged = true;    // false: users' traffic, which is judged and shown but costs and restores nothing
};

// An action of the timeline that costs something when it succeeds.
struct Attack {
    std::string inject;
    std::string title;
    bool has_effect = false;
    std::int64_t impact_milli = 0;
    std::int64_t level_milli = 0;
    Millis impact_full{0};
    std::int64_t restore_milli = 0;
    Millis restore_target{0};
    std::map<std::string, std::vector<std::string>> machines; // team -> machines acted upon
};

// A message that a report is expected to.
struct Expected {
    std::string inject;
    std::string title;
    std::int64_t value_milli = 0;
    Millis within{0};
    std::vector<std::string> teams;
};

struct Model {
    bool charges_requested_resets = true; // the outage of a reset that the team asked for
    std::vector<Team> teams;              // those that are scored
    std::vector<Category> categories;
    std::vector<Check> checks;
    std::vector<Attack> attacks;
    std::vector<Expected> expected;
};

} // namespace testudo::scoring
