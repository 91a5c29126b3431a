#pragma once
#include <functional>
#include <memory>
#include <string>

#include "agents/protocol/guest_channel.hpp"
#include "orchestrator/core/loop.hpp"
#include "orchestrator/libvirt/worker_pool.hpp"

namespace testudo::libvirt {

// Where a channel's bytes come from and go to: a stream or a socket, read and written without waiting. Events are
// VIR_STREAM_EVENT_*, which have the same values as VIR_EVENT_HANDLE_*.
class ByteSource {
  public:
    static constexpr int would_block = -2;

    virtual ~ByteSource() = default;
    // Calls `ready` on the event thread whenever one of the wanted events (at first: readable) is there, until end().
    // Drops `ready` when it is sure not to call it any more. False: the events cannot be had.
    virtual bool watch(std::function<void(int events)> ready) = 0;
    virtual void want(int events) = 0;
    // The number of bytes, 0 at the end (of receive), would_block, or another negative number: then why() tells.
    virtual int receive(char* bytes, std::size_t size) = 0;
    virtual int send(const char* bytes, std::size_t size) = 0;
    virtual std::string why() const = 0;
    // May wait for the other side.
    virtual void end() = 0;
};

// A GuestChannel over it. Bytes are received and sent on the event thread and posted to the loop; what is read ahead of
// the loop is bounded, after that the source is left unread until the loop has caught up. May be called on any thread.
std::unique_ptr<agents::GuestChannel> channel_over(Loop& loop, std::weak_ptr<WorkerPool> pool,
                                                   std::unique_ptr<ByteSource> source);

} // namespace testudo::libvirt
