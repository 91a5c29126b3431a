#pragma once
#include <optional>

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {

// The exercise time of a moment ("T+5m", "ENDEX - 30m", "day-2 + 1h", "recovery + 10m"); nothing for a condition that
// is no moment, or that names a phase which is not there. To be called when the phases are planned.
std::optional<Millis> time_of(const template_::Condition& moment, const Draft& draft);
// Says so when it names a phase which is not there.
void refuse_unknown_phase(const template_::Condition& moment, Draft& draft);

} // namespace testudo::plan
