#pragma once
#include <cstdint>
#include <vector>

#include "orchestrator/isolation/probes.hpp"

namespace testudo::daemon {

// What a range could reach if it were not closed: this machine's own addresses (and the controller's port there), its
// gateways, the name servers that it uses, and the address where clouds keep their secrets (169.254.169.254).
// `port` 0: nobody serves.
std::vector<isolation::Outside> outside_of_range(std::uint16_t port);

} // namespace testudo::daemon
