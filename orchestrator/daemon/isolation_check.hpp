#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "orchestrator/exercise/engine.hpp"
#include "orchestrator/range/range.hpp"

namespace testudo::daemon {

// Tries whether the range of a live exercise is closed, and has the engine write down what came out. One at a time.
class IsolationCheck {
  public:
    IsolationCheck(exercise::Engine& engine, range::Range& range) : engine_(engine), range_(range) {}

    // Where the controller can be met, if it listens elsewhere than on loopback.
    void controller_at(std::uint16_t port) { port_ = port; }
    // STARTEX: at once, or as soon as the first check is over; it is refused then if the range is not closed.
    Result<void> start(const std::string& by);
    // Refused while another one is under way, and while machines are made anew.
    Result<void> begin(const std::string& by);

  private:
    exercise::Engine& engine_;
    range::Range& range_;
    std::uint16_t port_ = 0;
    bool under_way_ = false;
    std::string start_by_; // who waits for STARTEX; "" = nobody
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::daemon
