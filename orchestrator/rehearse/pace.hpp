#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "orchestrator/plan/plan.hpp"

namespace testudo::rehearse {

// How often the checks of a rehearsal ask. Long exercises with many checks would be mostly probes that pass, so they
// ask less often, and the report says so. A check that nothing in the timeline can break is good in every window,
// whether there are many or few; only for the others something is lost: an outage is seen that much later.
struct Pace {
    struct Slowed {
        std::string check; // name: the same for all teams and the reference
        Millis from{0};
        Millis to{0};
        bool breakable = false;
    };
    std::size_t planned = 0; // probes without this
    std::size_t rehearsed = 0;
    std::vector<Slowed> slowed; // in the order of the plan
};

// The plan as it is rehearsed: at most about `most` probes, and of the machines only what the timeline and the checks
// need.
plan::Plan at_pace(const plan::Plan& plan, std::size_t most, Pace& pace);

} // namespace testudo::rehearse
