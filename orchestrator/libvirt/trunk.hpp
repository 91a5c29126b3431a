#pragma once
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/range/hypervisor.hpp"

namespace testudo::libvirt {

// The VXLAN device of a bridge, on its host.
std::string trunk_device(const std::string& bridge);

// Makes the device anew, whatever is left of an earlier one, and makes it a port of the bridge last, when it is whole.
// "range.trunk" with the words of ip(8) or bridge(8). Blocks.
Result<void> make_trunk(const std::string& uri, const std::string& bridge, const range::Trunk& trunk);

// Nothing to do is success, also on a host where no trunk can have been made. Blocks.
Result<void> remove_trunk(const std::string& uri, const std::string& bridge);

} // namespace testudo::libvirt
