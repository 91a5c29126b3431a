#pragma once
#include <set>
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::range {

// The machines that a command means: all of a team, or one by its id; exactly one of them is given. "team.unknown" and
// "machine.unknown" suggest what was probably meant.
Result<std::set<std::string>> machines_meant(const plan::Plan& plan, const std::string& team,
                                             const std::string& machine);

} // namespace testudo::range
