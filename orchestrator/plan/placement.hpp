#pragma once
#include <map>
#include <set>
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"
#include "orchestrator/core/label.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::plan {

// Which host a machine is on, and why, in words for people.
struct Placed {
    std::string host; // Host::id
    std::string reason;
    bool operator==(const Placed&) const = default;
};
using Placement = std::map<std::string, Placed>; // by Machine::id

// Whether a host may have machines of this team ("" = of none) with this classification.
bool takes(const Host& host, const std::string& team, Classification classification);
// A machine's own, or its plan's.
Classification classification_of(const Plan& plan, const Machine& machine);

// Filter, then packing: a machine goes to a host that takes it and has room for all of it, in memory and, where the
// host counts it, on disk. A machine of `before` stays where it is if that is still so. Those of one team go together
// where there is a host for them all; a host of the team's nation is preferred, then one that is in use, then the one
// that is left with least. If that strands a machine all are packed one by one, the largest first: that may still miss
// a way that there is. Hosts `without` are not used. A plan without hosts has no placement.
//
// "placement.no-room" names a machine and what is in the way on each host.
Result<Placement> place(const Plan& plan, const Placement& before = {}, const std::set<std::string>& without = {});

// Those that are elsewhere than they were.
Placement moved(const Placement& before, const Placement& now);

// {machine: {host, reason}}
json::object to_json(const Placement& placement);
Placement placement_from_json(const json::object& object);

} // namespace testudo::plan
