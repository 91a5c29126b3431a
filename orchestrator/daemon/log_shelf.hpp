#pragma once
#include "orchestrator/core/error.hpp"
#include "orchestrator/daemon/exercise_folder.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::daemon {

// Before a range is (again) brought up: a log whose exercise is over, or that never saw STARTEX and belongs to another
// plan, is put aside as an old log, so that the next `serve` begins a new exercise. Refused ("exercise.conflict") while
// an exercise of another plan runs.
Result<void> make_way_for(const ExerciseFolder& folder, const plan::Plan& plan);

} // namespace testudo::daemon
