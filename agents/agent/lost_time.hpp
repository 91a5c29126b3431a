#pragma once
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <string>

namespace testudo::agents {

// The system clock of a machine that was saved and restored goes on where it stood; the hardware clock, which is the
// host's, does not. It tells whole seconds only: the first step is to the second, the next, when that ends, exact.
class LostTime {
  public:
    explicit LostTime(boost::asio::io_context& io) : timer_(io) {}
    // True if the system clock was wrong by more than what the hardware clock leaves in doubt.
    bool make_up();

  private:
    void await_next_second(std::int64_t second, int looks_left);

    boost::asio::steady_timer timer_;
};

} // namespace testudo::agents
