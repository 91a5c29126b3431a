#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "orchestrator/core/error.hpp"

namespace testudo::agents {

// Port: a stream of bytes to one machine's agent, out of band (a libvirt console or channel stream).
// Everything here happens on the Loop's thread: its owner calls it there, and an adapter whose bytes arrive on another
// thread posts them. Adapters: orchestrator/libvirt (real), PipeChannel (in memory, for tests and the simulated range).
class GuestChannel {
  public:
    // Called from a task of the Loop, never from within a member of the channel.
    struct Handlers {
        std::function<void(std::string_view)> on_bytes;
        // At most once, when the other side or the machine is gone; on_bytes is not called after it.
        std::function<void(const Error&)> on_closed;
    };

    // Destroying a channel closes it. After close() or destruction begins no handler is called.
    virtual ~GuestChannel() = default;
    // Starts delivery; bytes and a loss from before are kept and delivered now. Called once.
    virtual void listen(Handlers handlers) = 0;
    // Queues the bytes and returns at once. On a closed channel it does nothing: on_closed tells, not write.
    virtual void write(std::string_view bytes) = 0;
    virtual void close() = 0;
};

// Opens a channel to one particular machine. `done` is called once, later, from a task of the Loop; opening may take
// long and may fail while the machine is not there yet (the session tries again). The caller may be gone by then: it
// gives a `done` that tolerates this, and dropping the channel closes it.
using OpenGuestChannel = std::function<void(std::function<void(Result<std::unique_ptr<GuestChannel>>)> done)>;

} // namespace testudo::agents
