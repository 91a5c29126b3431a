#pragma once
#include <functional>
#include <string>

#include "orchestrator/cli/place.hpp"
#include "orchestrator/range/range.hpp"

namespace testudo::cli {

// Does something to the range of an exercise that nobody serves, and shows its progress. `interrupted`: what to do when
// a signal ends it.
using OnRange = std::function<void(range::Range& range, range::OnProgress progress, range::Range::Done done)>;
Result<range::Outcome> on_range(const Place& place, const Provisioned& exercise, const std::string& interrupted,
                                const OnRange& what);

} // namespace testudo::cli
