#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agents/protocol/personalise_spec.hpp"
#include "orchestrator/range/hypervisor.hpp"

namespace testudo::range {

// What `up` has to bring about: a plan and its secrets, in the hypervisor's terms.
struct Goal {
    struct Machine {
        MachineSpec spec;
        agents::PersonaliseSpec personalise;
        std::string personalise_hash;
        std::vector<std::string> segments; // Segment::id of each interface
        std::vector<std::string> needs;    // Machine::id of those that are ready before
    };
    std::string exercise;
    std::string plan_hash;
    std::vector<NetworkSpec> networks;
    std::vector<Machine> machines;
    Guard guard;

    const NetworkSpec* network(std::string_view object) const;
    const Machine* machine(std::string_view object) const;
};

// Host::id of each Machine::id; empty where there is but one host.
using Placement = std::map<std::string, std::string>;

// A machine's fingerprint covers what its agent is told as well: a machine whose files or users changed in the template
// is made anew, because only a fresh one is known to be as planned. It does not cover hosts, which the steps
// compare.
Goal goal_of(const plan::Plan& plan, std::string_view seed, const Placement& placement = {});

MachineRef ref_of(const MachineSpec& spec);
MachineRef ref_of(const Observed& machine);

} // namespace testudo::range
