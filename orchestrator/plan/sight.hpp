#pragma once
#include <string_view>

#include "orchestrator/plan/plan.hpp"

// Who may know of a machine, and who may open its console. The white team may always do both, so it is not asked here.
namespace testudo::plan {

// If the template does not say, a machine is known to the team that owns it and to red teams; one of the white team,
// a vantage for example, to nobody else.
bool is_seen_by(const Plan& plan, const Machine& machine, std::string_view team);
// Never, where the machine itself is not seen. If the template does not say, the console is the owner's.
bool opens_console(const Plan& plan, const Machine& machine, std::string_view team);
// Instructors see all machines; their consoles they open only where the template says so.
bool instructor_opens_console(const Machine& machine);

} // namespace testudo::plan
