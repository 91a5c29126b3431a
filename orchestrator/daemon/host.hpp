#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/daemon/inventory.hpp"
#include "orchestrator/range/hypervisor.hpp"

namespace testudo::daemon {

// Which libvirt is used, and where on its machine things are.
struct Host {
    std::filesystem::path range_host; // folder of the private range host
    std::string connect;              // a libvirt URI that is used instead, if not empty
    std::filesystem::path images;
    std::filesystem::path disks;  // where overlays of VMs are made
    std::filesystem::path golden; // what VMs are cloned from, for all exercises; on the same file system
    Inventory hosts = {};         // several; the two at the top then mean nothing
};

// "host.absent" with what to do about it if there is none.
Result<std::unique_ptr<range::Hypervisor>> connect(Loop& loop, const Host& host);

} // namespace testudo::daemon
