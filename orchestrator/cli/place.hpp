#pragma once
#include <memory>
#include <optional>
#include <string>

#include "orchestrator/cli/commands.hpp"
#include "orchestrator/daemon/exercise_folder.hpp"
#include "orchestrator/daemon/host.hpp"
#include "orchestrator/daemon/placed.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::cli {

// The folder of an exercise that is there already. `argument`: the exercise's name or its template.
Result<daemon::ExerciseFolder> existing(const Place& place, const std::string& argument);

// What a command that works on a provisioned exercise needs.
struct Provisioned {
    daemon::ExerciseFolder folder;
    plan::Plan plan;
    std::string seed;
    range::Placement placement; // where there are several hosts
};
// The plan is the one that `up` made.
Result<Provisioned> provisioned(const Place& place, const std::string& argument);

// What an exercise's range was made from last; empty if it was never made, or cannot be read.
std::optional<plan::Plan> last_plan(const daemon::ExerciseFolder& folder);

std::filesystem::path images_of(const Place& place);
daemon::Host host_of(const Place& place, const daemon::ExerciseFolder& folder);

} // namespace testudo::cli
