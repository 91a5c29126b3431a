#pragma once
#include <string>
#include <vector>

namespace testudo::images {

// What a machine from a stock cloud image is told by cloud-init's NoCloud source: a disk labelled CIDATA, by which it
// gets its name and its network cards' names, and starts the agent. Everything else is the agent's, as in our own
// images.
struct NoCloud {
    std::string instance; // another one makes cloud-init start from the beginning
    std::string hostname;
    std::vector<std::string> macs; // of eth0, eth1 ...
};
// The bytes of that disk.
std::string nocloud_seed(const NoCloud& machine);

} // namespace testudo::images
