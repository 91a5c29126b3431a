#pragma once
#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include "orchestrator/core/loop.hpp"

namespace testudo::daemon {

// Turns SIGINT, SIGTERM and SIGHUP into a task of the loop. To be made before any other thread, so that all inherit the
// mask.
class StopOnSignal {
  public:
    StopOnSignal(Loop& loop, std::function<void(int signal)> task);
    ~StopOnSignal();
    StopOnSignal(const StopOnSignal&) = delete;
    StopOnSignal& operator=(const StopOnSignal&) = delete;

  private:
    std::atomic<bool> over_ = false;
    sigset_t before_{};
    std::thread thread_;
};

} // namespace testudo::daemon
