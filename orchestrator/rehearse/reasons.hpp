#pragma once
#include <string>

#include "orchestrator/exercise/projection.hpp"
#include "orchestrator/rehearse/run.hpp"

namespace testudo::rehearse {

// Why an inject had not fired for a team when the exercise ended, as a clause: "defaced held for 10s at most, not 2m".
std::string why_not(const plan::Inject& inject, const std::string& team, const exercise::Projection& end,
                    const Run& run);

} // namespace testudo::rehearse
