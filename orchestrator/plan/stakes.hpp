#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/plan/plan.hpp"

namespace testudo::plan {

// What can be won and lost, known before STARTEX: all that counts in one category, or trains one objective.
struct Stake {
    std::string name;
    std::string title;
    std::int64_t weight_milli = 0; // of the total; objectives have none
    int items = 0;                 // checks, attacks or messages
    std::int64_t least_milli = 0;  // for the team with the fewest points in it; in the points of its items,
    std::int64_t most_milli = 0;   // which the weight stretches or shrinks
};

std::vector<Stake> category_stakes(const Plan& plan);
// In the order in which they are first trained; injects without an objective are left out.
std::vector<Stake> objective_stakes(const Plan& plan);

} // namespace testudo::plan
