#pragma once
#include <string_view>

#include "agents/protocol/personalise_spec.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::range {

// What a machine's agent is told to make of a fresh copy of the image: the plan's machine plus its secrets. A machine
// knows by name the machines of its own team and no others, so that /etc/hosts gives nothing away.
agents::PersonaliseSpec personalise_spec(const plan::Plan& plan, const plan::Machine& machine, std::string_view seed);

} // namespace testudo::range
