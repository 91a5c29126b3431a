#include <algorithm>
#include <map>

#include "orchestrator/doctor/facts.hpp"

namespace testudo::doctor {

Needs needs_of(const plan::Plan& plan) {
    Needs needs;
    needs.known = true;
    needs.hosts = static_cast<int>(plan.hosts.size());
    std::map<std::string, int> ports;
    for (const auto& machine : plan.machines) {
        needs.cpus = std::max(needs.cpus, machine.cpus);
        for (const auto& interface : machine.interfaces)
            ++ports[interface.segment];
        if (machine.kind == plan::MachineKind::vm) {
            ++needs.vms;
            needs.vm_memory_mib += machine.memory_mib;
            needs.vm_disk_mib += machine.disk_mib;
        } else {
            ++needs.containers;
            needs.container_memory_mib += machine.memory_mib;
        }
    }
    for (const auto& [segment, count] : ports)
        if (count > needs.ports) {
            needs.ports = count;
            needs.fullest = segment;
        }
    for (const auto& segment : plan.segments)
        for (const auto& network : {segment.ipv4, segment.ipv6})
            if (!network.empty())
                needs.networks.push_back(network);
    return needs;
}

} // namespace testudo::doctor
