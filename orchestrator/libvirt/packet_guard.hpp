#pragma once
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/range/hypervisor.hpp"

namespace testudo::libvirt {

// Rules for `nft -f`: one table of the bridge family per exercise, replaced as a whole (nft(8): a file is one
// transaction). They name devices by their planned names, so they are in force before the first machine exists.
// Machines cannot undo them: they are the host's.
std::string guard_rules(const range::Guard& guard);
std::string no_guard_rules(const std::string& exercise);

// Loads rules in the network namespace of the libvirtd that a URI leads to. "range.unsupported" for a libvirtd on
// another machine, "range.guard" with nft's own words if it refuses. Blocks.
Result<void> load_guard_rules(const std::string& uri, const std::string& rules);

} // namespace testudo::libvirt
