#include "orchestrator/libvirt/connections.hpp"

#include <fmt/format.h>

namespace testudo::libvirt {

Connections::Connections(std::string uri, std::size_t count, Opened opened)
    : uri_(std::move(uri)), opened_(std::move(opened)), leases_(count) {}

Result<Connections::Lease> Connections::get() {
    std::size_t index = 0;
    {
        const std::lock_guard lock(mutex_);
        index = next_++ % leases_.size();
    }
    return get(index);
}

Result<Connections::Lease> Connections::get(std::size_t index) {
    const std::lock_guard lock(mutex_);
    auto& lease = leases_[index];
    if (lease && virConnectIsAlive(lease.get()) == 1)
        return lease;
    lease.reset(virConnectOpen(uri_.c_str()), [](virConnectPtr p) {
        if (p != nullptr)
            virConnectClose(p);
    });
    if (!lease) {
        auto error = last_error(uri_);
        error.value().code = "libvirt.unreachable";
        error.value().message += fmt::format(" (is the range host running? `deploy/range-host status` tells)");
        return error;
    }
    // Not all drivers have keepalive; a local socket breaks by itself when its daemon dies.
    virConnectSetKeepAlive(lease.get(), 5, 6);
    opened_(lease.get(), index);
    return lease;
}

} // namespace testudo::libvirt
