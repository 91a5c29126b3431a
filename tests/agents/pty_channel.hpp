#pragma once
#include <memory>
#include <string>
#include <thread>

#include "agents/protocol/guest_channel.hpp"
#include "orchestrator/core/loop.hpp"

namespace testudo::agents {

// A pseudo terminal: the agent gets the slave, the tests the master, as libvirt does with a container's console.
class Pty {
  public:
    Pty();
    ~Pty();
    Pty(const Pty&) = delete;
    Pty& operator=(const Pty&) = delete;

    const std::string& slave() const { return slave_; }
    // May be opened again when the last channel is closed.
    OpenGuestChannel opener(Loop& loop);

  private:
    int master_;
    int held_; // the slave, so that the master outlives an agent
    std::string slave_;
};

} // namespace testudo::agents
