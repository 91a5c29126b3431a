#pragma once
#include <string>

#include "orchestrator/range/hypervisor.hpp"

namespace testudo::libvirt {

// A bridge and nothing else: without <ip> the host has no address on the segment, starts no DHCP or DNS there, and
// without <forward> it routes nothing to or from it.
std::string network_xml(const range::NetworkSpec& spec);

} // namespace testudo::libvirt
