#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/range/hypervisor.hpp"

namespace testudo::libvirt {

// One host: virtual machines and networks are spoken to by one URI, containers by another. Both may lead to the same
// daemon, in which a network lives once.
struct Host {
    std::string qemu_uri;
    std::string lxc_uri;
    std::string accel;            // "kvm" or "tcg", as was found out by trying
    std::filesystem::path images; // NAME -> NAME-HASH/ with root/, or with disk.qcow2, vmlinuz and initrd.img
    std::filesystem::path data;   // for disks and the agent; the host sees it by the same path
    std::filesystem::path agent;  // the program testudo-agent
    std::filesystem::path golden =
        {};             // for golden machines of all exercises, on DATA's file system; empty: DATA/golden
    bool clones = true; // false: every virtual machine boots from its image

    // The host that deploy/range-host keeps in `directory`.
    static Host private_host(const std::filesystem::path& directory, std::filesystem::path images,
                             std::filesystem::path data, std::filesystem::path agent);
};

// The adapter. Blocking calls run on a pool of its own, over a few connections that are opened when first needed and
// opened anew when they break. Destroying it waits for the calls under way; the loop has to outlive it and its
// channels.
std::unique_ptr<range::Hypervisor> make_hypervisor(Loop& loop, Host host);

} // namespace testudo::libvirt
