#pragma once
#include "orchestrator/rehearse/rehearsal.hpp"

namespace testudo::rehearse {

// What a run says about the timeline; bucket, crowd and quiet widths are the rehearsal's.
Findings findings_of(const Rehearsal& rehearsal, const Run& run);

} // namespace testudo::rehearse
