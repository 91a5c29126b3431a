#pragma once
#include <filesystem>
#include <string>
#include <vector>

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
    std::filesystem::path disk;   // the machine's own overlay
    std::filesystem::path kernel; // "": the disk has a loader of its own
    std::filesystem::path initrd;
    std::string cmdline;           // of the kernel
    std::filesystem::path agent;   // file system image with testudo-agent in it
    std::filesystem::path secret;  // file holding the agent's secret
    std::filesystem::path machine; // file holding the machine's id
    std::filesystem::path seed{};  // what cloud-init reads, where the disk has a loader of its own
};
std::string vm_xml(const range::MachineSpec& spec, const VmFiles& files, const std::string& accel);

// A machine that others are cloned from: no network cards, but slots to plug a clone's into.
inline constexpr const char* golden_kind = "golden"; // Marked::kind
inline constexpr std::size_t most_clone_nics = 8;
std::string golden_xml(const range::MachineSpec& spec, const VmFiles& files, const std::string& accel);

// The document of a saved machine, for it to wake up as this one: name, UUID, mark, disk and identity are replaced, and
// everything else is as it was saved. The spec's network cards are not looked at.
Result<std::string> revived_xml(const std::string& saved, const range::MachineSpec& spec, const VmFiles& files);

// A virtual machine's network card alone, to be plugged in.
std::string nic_xml(const range::MachineSpec::Nic& nic);

// The files of the machine's own disk as the hypervisor has it: the one that is written, then those below it.
std::vector<std::filesystem::path> disk_layers(const std::string& domain);
// To keep memory in `state`, and to write on in `layer` above the disk as it is now.
std::string snapshot_xml(const std::filesystem::path& state, const std::filesystem::path& layer);

// What the agent's and the first console's devices are called in these documents.
inline constexpr const char* agent_port = "testudo.0";
inline constexpr const char* container_agent_console = "console1";
inline constexpr const char* container_first_console = "console0";
inline constexpr const char* vm_first_console = "serial0";

} // namespace testudo::libvirt
