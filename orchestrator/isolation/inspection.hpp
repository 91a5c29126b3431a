#pragma once
#include <functional>

#include "orchestrator/exercise/guests.hpp"
#include "orchestrator/isolation/report.hpp"

namespace testudo::isolation {

// Has the agents make all probes of the plan, some machines at a time, and judges what they saw. Everything on the
// loop's thread, which the guests post to; plan and guests have to outlive it. `done` is called once, never from inside
// the call.
void inspect(exercise::Guests& guests, const plan::Plan& plan, const std::vector<Outside>& outside,
             std::function<void(Report)> done);

} // namespace testudo::isolation
