#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "agents/actions/commands.hpp"
#include "orchestrator/core/error.hpp"

// What an init of a container does before it is an agent. docs/agent-protocol.md, "Container init".
namespace testudo::agents {

// Makes the image's read-only root a writable one of this container's own and enters it.
Result<void> enter_writable_root();
// Takes away, for good and from everything that is started later, what no service of a range needs.
Result<void> give_up_capabilities();

// A login on the first console, started again whenever it ends.
class ConsoleLogin {
  public:
    ConsoleLogin(boost::asio::io_context& io, Commands& commands) : commands_(commands), pause_(io) {}
    void start();

  private:
    Commands& commands_;
    boost::asio::steady_timer pause_;
};

} // namespace testudo::agents
