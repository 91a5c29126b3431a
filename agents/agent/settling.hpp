#pragma once
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <string>

#include "agents/actions/commands.hpp"

namespace testudo::agents {

// Makes a machine that has just booted fit to be saved and cloned: waits until systemd has nothing more to start,
// writes out what is only in memory, and leaves free memory full of zeros, which neither the saved state nor a clone
// has to hold.
class Settling {
  public:
    // "running", "degraded", or what else systemd calls the state.
    using Done = std::function<void(const std::string& state)>;

    Settling(boost::asio::io_context& io, Commands& commands) : commands_(commands), timer_(io) {}
    void run(Done done);

  private:
    Commands& commands_;
    boost::asio::steady_timer timer_;
};

} // namespace testudo::agents
