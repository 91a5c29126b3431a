#pragma once
#include "orchestrator/import/draft.hpp"
#include "orchestrator/import/reading.hpp"

namespace testudo::import_ {

// Makes of what was read something that a template can say: at least one blue team, valid and unique names, addresses
// of ranges, images that there are, a duration. What that changes or adds is reported. False, with an error, if it
// cannot.
bool finish(Draft& draft, Reading& in);

} // namespace testudo::import_
