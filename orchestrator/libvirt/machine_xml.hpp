#pragma once
#include <filesystem>
#include <string>

#include "orchestrator/range/hypervisor.hpp"

namespace testudo::libvirt {

// Paths are as the host that runs the machine sees them.
struct ContainerFiles {
    std::filesystem::path root;  // of the image
    std::filesystem::path agent; // directory with testudo-agent in it
};
// The image's root read-only at /, memory for the overlay at /overlay, the agent at /testudo, two consoles (the team's
// and the agent's). What happens from there on is the agent's part: docs/agent-protocol.md, "Container init".
std::string container_xml(const range::MachineSpec& spec, const ContainerFiles& files);

struct VmFiles {
    std::filesystem::path disk; // the machine's own overlay
    std::filesystem::path kernel;
    std::filesystem::path initrd;
    std::string cmdline;           // of the kernel
    std::filesystem::path agent;   // file system image with testudo-agent in it
    std::filesystem::path secret;  // file holding the agent's secret
    std::filesystem::path machine; // file holding the machine's id
};
std::string vm_xml(const range::MachineSpec& spec, const VmFiles& files, const std::string& accel);

// What the agent's and the first console's devices are called in these documents.
inline constexpr const char* agent_port = "testudo.0";
inline constexpr const char* container_agent_console = "console1";
inline constexpr const char* container_first_console = "console0";
inline constexpr const char* vm_first_console = "serial0";

} // namespace testudo::libvirt
