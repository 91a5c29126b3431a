#pragma once
#include <set>
#include <string>

#include "orchestrator/daemon/exercise_folder.hpp"
#include "orchestrator/plan/placement.hpp"
#include "orchestrator/range/goal.hpp"

// Which machine of an exercise is on which host, as its folder remembers it. Empty where there is but one host.
namespace testudo::daemon {

plan::Placement placement_of(const ExerciseFolder& folder);
// As the range takes it.
range::Placement hosts_of(const plan::Placement& placement);
// Places what has no place yet, or none any more, and remembers it. Hosts `without` are not used.
Result<plan::Placement> place_machines(const ExerciseFolder& folder, const plan::Plan& plan,
                                       const std::set<std::string>& without = {});

} // namespace testudo::daemon
