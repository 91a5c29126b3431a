#pragma once
#include <chrono>
#include <string>

namespace testudo {

using Millis = std::chrono::milliseconds;

// Calendar time, UTC, to the millisecond. May jump; never used to measure how long something took.
using WallTime = std::chrono::sys_time<Millis>;
// Time that only runs forward; has no meaning outside of this process.
using SteadyTime = std::chrono::time_point<std::chrono::steady_clock, Millis>;
// Time since STARTEX on the exercise clock; negative before STARTEX is not used (see Event::exercise_ms).
using ExerciseTime = Millis;

// The only source of time. Everything that needs the time is given a Clock.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual WallTime wall() const = 0;
    virtual SteadyTime steady() const = 0;
};

// The machine's clocks. The only place that reads them.
class RealClock final : public Clock {
  public:
    WallTime wall() const override;
    SteadyTime steady() const override;
};

// "2026-11-23T10:41:07.123Z"
std::string to_rfc3339(WallTime t);
// Date-time group as exercise staff write it: "231041ZNOV26"
std::string to_dtg(WallTime t);
// "T+00:05:00"; used for exercise time in texts
std::string to_exercise_text(ExerciseTime t);

} // namespace testudo
