#pragma once
#include "orchestrator/import/draft.hpp"
#include "orchestrator/import/reading.hpp"

namespace testudo::import_ {

// Gives every network addresses of which every blue team can have its own, inside 198.18.0.0/15 and 2001:db8::/32, and
// every machine a number there. Prefix lengths and machines' numbers stay what they were wherever they fit; what is
// changed is reported. False, with an error, if there are more networks than 198.18.0.0/15 can hold.
bool renumber(Draft& draft, std::size_t blue_teams, Reading& in);

} // namespace testudo::import_
