#pragma once
#include <vector>

#include "orchestrator/plan/difference.hpp"
#include "orchestrator/range/steps.hpp"

namespace testudo::cli {

// What has to change on a range, and why. A change of the plan names what of the object became another since the last
// `up`.
std::vector<range::Change> explained(const std::vector<range::Step>& steps, const std::vector<plan::Difference>& since);
// "  made anew  portal@north: it changed in the plan (files[/etc/motd].content)", a line each.
std::string text_of(const std::vector<range::Change>& changes);
json::array to_json(const std::vector<range::Change>& changes);

} // namespace testudo::cli
