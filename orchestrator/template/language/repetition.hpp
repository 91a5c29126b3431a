#pragma once
#include <vector>

#include "orchestrator/template/table.hpp"
#include "orchestrator/template/template.hpp"

// One entry of the timeline that stands for many injects.
namespace testudo::template_ {

// `each:` and `repeat:`.
std::vector<Key<InjectSpec>> repetition_keys();

} // namespace testudo::template_
