#pragma once
#include "orchestrator/import/draft.hpp"
#include "orchestrator/import/reading.hpp"

namespace testudo::import_ {

// Reports whatever of the files was neither carried over nor reported, and makes a comment of all that was not carried
// over: beside the thing that it belongs to, or at the head of the template. False, with an error, if that is nearly
// all.
bool explain_rest(const std::vector<std::unique_ptr<Item>>& documents, Draft& draft, Reading& in);

} // namespace testudo::import_
