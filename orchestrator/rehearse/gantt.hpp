#pragma once
#include <string>
#include <string_view>

#include "orchestrator/rehearse/rehearsal.hpp"

// The pictures of the page, as SVG whose colours come from the page's style: classes `perfect`, `average`, `absent`.
namespace testudo::rehearse {

// A row for each inject, in the order of its first firing: in a lane for each rehearsal a mark where it fires, and a
// bar where its effect holds, the darker the more teams. Phases are bands.
std::string gantt_of_injects(const Rehearsal& rehearsal);
// A row for each team in one rehearsal: its injects, its effects, the reports that are due.
std::string gantt_of_teams(const Rehearsal& rehearsal, const Run& run);
// The mean score of each rehearsal over time.
std::string score_chart(const Rehearsal& rehearsal);

} // namespace testudo::rehearse
