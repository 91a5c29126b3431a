#pragma once
#include <memory>

#include "agents/protocol/guest_channel.hpp"
#include "orchestrator/core/loop.hpp"
#include "orchestrator/libvirt/worker_pool.hpp"

namespace testudo::libvirt {

// A connected stream socket as a GuestChannel, which owns it from here on. May be called on any thread.
std::unique_ptr<agents::GuestChannel> socket_channel(Loop& loop, std::weak_ptr<WorkerPool> pool, int socket);

} // namespace testudo::libvirt
