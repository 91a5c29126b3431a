#include "orchestrator/exercise/exercise_clock.hpp"

#include <gtest/gtest.h>

#include "orchestrator/core/loop.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;

TEST(ExerciseClock, stands_still_until_it_runs) {
    VirtualLoop loop;
    ExerciseClock clock(loop.clock());
    loop.advance(1h);
    EXPECT_EQ(clock.now(), 0s);
    clock.run();
    loop.advance(90s);
    EXPECT_EQ(clock.now(), 90s);
    clock.stop();
    loop.advance(1h);
    EXPECT_EQ(clock.now(), 90s);
    clock.run();
    loop.advance(1s);
    EXPECT_EQ(clock.now(), 91s);
}

TEST(ExerciseClock, runs_at_its_rate_and_tells_when_a_time_will_come) {
    VirtualLoop loop;
    ExerciseClock clock(loop.clock());
    clock.set(10s, 4'000, true);
    EXPECT_EQ(clock.until(30s), 5s);
    EXPECT_EQ(clock.until(5s), 0s);
    loop.advance(2s);
    EXPECT_EQ(clock.now(), 18s);
    EXPECT_EQ(clock.until(30s), 3s);
}

TEST(ExerciseClock, rounds_up_so_that_an_alarm_is_never_early) {
    VirtualLoop loop;
    for (const std::int64_t rate : {100, 333, 1'000, 1'700, 3'000, 99'999}) {
        for (std::int64_t at = 1; at < 400; at += 7) {
            ExerciseClock clock(loop.clock());
            clock.set(0ms, rate, true);
            loop.advance(3ms);
            loop.advance(clock.until(Millis(at)));
            EXPECT_GE(clock.now(), Millis(at)) << "rate " << rate;
        }
    }
}

} // namespace
} // namespace testudo::exercise
