#include "orchestrator/core/clock.hpp"

#include <gtest/gtest.h>

namespace testudo {
namespace {

// 2026-11-23 10:41:07.123 UTC
const WallTime moment{Millis(1795430467123)};

TEST(Clock, WritesRfc3339WithMilliseconds) {
    EXPECT_EQ(to_rfc3339(moment), "2026-11-23T10:41:07.123Z");
}

TEST(Clock, WritesDateTimeGroups) {
    EXPECT_EQ(to_dtg(moment), "231041ZNOV26");
}

TEST(Clock, WritesExerciseTime) {
    EXPECT_EQ(to_exercise_text(Millis(0)), "T+00:00:00");
    EXPECT_EQ(to_exercise_text(std::chrono::hours(49) + Millis(61'999)), "T+49:01:01");
}

} // namespace
} // namespace testudo
