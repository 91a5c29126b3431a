#include "orchestrator/core/loop.hpp"

#include <gtest/gtest.h>
#include <string>
#include <thread>

namespace testudo {
namespace {

TEST(VirtualLoop, RunsTimersInOrderOfTimeThenOfMaking) {
    VirtualLoop loop;
    std::string seen;
    loop.after(Millis(20), [&] { seen += 'c'; });
    loop.after(Millis(10), [&] { seen += 'a'; });
    loop.after(Millis(10), [&] { seen += 'b'; });
    loop.advance(Millis(15));
    EXPECT_EQ(seen, "ab");
    loop.advance(Millis(5));
    EXPECT_EQ(seen, "abc");
}

TEST(VirtualLoop, TwoDaysPassAtOnceAndBothClocksAgree) {
    VirtualLoop loop;
    const auto wall = loop.clock().wall();
    const auto steady = loop.clock().steady();
    int ticks = 0;
    std::function<void()> tick = [&] {
        ++ticks;
        loop.after(std::chrono::seconds(10), tick);
    };
    loop.after(std::chrono::seconds(10), tick);
    loop.advance(std::chrono::hours(48));
    EXPECT_EQ(ticks, 48 * 360);
    EXPECT_EQ(loop.clock().wall() - wall, std::chrono::hours(48));
    EXPECT_EQ(loop.clock().steady() - steady, std::chrono::hours(48));
}

TEST(VirtualLoop, ACancelledTimerNeverFiresAndATaskSeesItsDueTime) {
    VirtualLoop loop;
    bool fired = false;
    const auto id = loop.after(Millis(5), [&] { fired = true; });
    SteadyTime at{};
    const auto start = loop.clock().steady();
    loop.after(Millis(3), [&] {
        at = loop.clock().steady();
        loop.cancel(id);
    });
    loop.advance(Millis(100));
    EXPECT_FALSE(fired);
    EXPECT_EQ(at - start, Millis(3));
    loop.cancel(9999);
}

TEST(VirtualLoop, PostedTasksRunBeforeTimeMoves) {
    VirtualLoop loop;
    std::string seen;
    loop.after(Millis(0), [&] { seen += 't'; });
    loop.post([&] {
        seen += 'p';
        loop.post([&] { seen += 'q'; });
    });
    loop.advance(Millis(0));
    EXPECT_EQ(seen, "pqt");
}

TEST(RealLoop, TasksFromOtherThreadsRunOnTheLoopAndStopEndsIt) {
    RealLoop loop;
    const auto owner = std::this_thread::get_id();
    int done = 0;
    std::thread other([&] {
        for (int i = 0; i < 100; ++i)
            loop.post([&] {
                EXPECT_EQ(std::this_thread::get_id(), owner);
                ++done;
            });
        loop.post([&] { loop.after(Millis(1), [&] { loop.stop(); }); });
    });
    loop.run();
    other.join();
    EXPECT_EQ(done, 100);
}

} // namespace
} // namespace testudo
