#pragma once
#include <memory>

#include "agents/protocol/guest_channel.hpp"
#include "orchestrator/core/loop.hpp"
#include "orchestrator/libvirt/connections.hpp"
#include "orchestrator/libvirt/handles.hpp"
#include "orchestrator/libvirt/worker_pool.hpp"

namespace testudo::libvirt {

// A libvirt stream as a GuestChannel.
// `stream` was opened non-blocking (VIR_STREAM_NONBLOCK) and belongs to `connection`. May be called on any thread.
std::unique_ptr<agents::GuestChannel> stream_channel(Loop& loop, std::weak_ptr<WorkerPool> pool,
                                                     Connections::Lease connection, Stream stream);

} // namespace testudo::libvirt
