#pragma once
#include <string>

#include "orchestrator/plan/plan.hpp"

namespace testudo::plan {

// What `testudo plan` prints: teams, segments with their machines, checks, the timeline, totals, and the order of work
// with the reason of each step.
std::string describe(const Plan& plan);
// The same as data; with the complete plan under `plan`.
json::object describe_json(const Plan& plan);

} // namespace testudo::plan
