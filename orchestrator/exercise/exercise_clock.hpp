#pragma once
#include <cstdint>

#include "orchestrator/core/clock.hpp"

namespace testudo::exercise {

// Exercise time: stands still or runs at a rate, and never runs backwards.
class ExerciseClock {
  public:
    explicit ExerciseClock(const Clock& clock) : clock_(clock), since_(clock.steady()) {}

    void set(ExerciseTime at, std::int64_t rate_milli, bool running);
    void stop() { set(now(), rate_milli_, false); }
    void run() { set(now(), rate_milli_, true); }

    ExerciseTime now() const;
    bool running() const { return running_; }
    // Real time until the clock, running on as it does, has reached `at`; zero if it has. Rounded up.
    Millis until(ExerciseTime at) const;

  private:
    const Clock& clock_;
    SteadyTime since_;
    ExerciseTime at_{0};
    std::int64_t rate_milli_ = 1000;
    bool running_ = false;
};

} // namespace testudo::exercise
