#pragma once
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "orchestrator/core/clock.hpp"

namespace testudo {

using TimerId = std::uint64_t;

// The one thread that owns domain state, as a queue of tasks and timers. Domain code runs inside it and needs no mutex;
// other threads may only call post(). Timers fire in the order of their time, equal times in the order of their making.
class Loop {
  public:
    using Task = std::function<void()>;
    virtual ~Loop() = default;

    // Runs the task later on the loop's thread. The only member that may be called from other threads.
    virtual void post(Task task) = 0;
    virtual TimerId after(Millis delay, Task task) = 0;
    // Cancelling an unknown or fired timer does nothing.
    virtual void cancel(TimerId id) = 0;
    virtual const Clock& clock() const = 0;
};

// Runs on real time until stop().
class RealLoop final : public Loop {
  public:
    void post(Task task) override;
    TimerId after(Millis delay, Task task) override;
    void cancel(TimerId id) override;
    const Clock& clock() const override { return clock_; }

    // Returns after stop(); an exception thrown by a task leaves run() and the loop unusable.
    void run();
    // May be called from any thread and from a task.
    void stop();

  private:
    RealClock clock_;
    std::mutex mutex_; // guards tasks_ and stopping_: post() and stop() come from anywhere
    std::condition_variable wake_;
    std::vector<Task> tasks_;
    bool stopping_ = false;
    std::map<std::pair<SteadyTime, TimerId>, Task> timers_; // touched by the loop's thread only, or before run()
    TimerId next_ = 1;
};

// A loop whose time stands still until a test turns the crank. Single-threaded.
class VirtualLoop final : public Loop {
  public:
    explicit VirtualLoop(WallTime start = WallTime(std::chrono::days(20000)));
    void post(Task task) override;
    TimerId after(Millis delay, Task task) override;
    void cancel(TimerId id) override;
    const Clock& clock() const override { return clock_; }

    // Runs everything that is due within the span, moving time from timer to timer, and ends exactly at its end.
    void advance(Millis span);
    // Runs posted tasks until none is left, without moving time.
    void drain();
    // Somebody sets the clock on the wall; timers do not notice.
    void set_wall(WallTime now) { clock_.wall_now = now; }

  private:
    class HandClock final : public Clock {
      public:
        WallTime wall_now{};
        SteadyTime steady_now{};
        WallTime wall() const override { return wall_now; }
        SteadyTime steady() const override { return steady_now; }
    };
    HandClock clock_;
    std::vector<Task> tasks_;
    std::map<std::pair<SteadyTime, TimerId>, Task> timers_;
    TimerId next_ = 1;
};

} // namespace testudo
