#include "web/server/rate_limit.hpp"

#include <gtest/gtest.h>

namespace testudo::web {
namespace {

using namespace std::chrono_literals;

TEST(RateLimit, AllowsABurstAndThenARate) {
    RateLimit limit(3, 1000ms);
    const RateLimit::Time begin{std::chrono::hours(1)};
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(limit.take("a", begin));
    EXPECT_FALSE(limit.take("a", begin));
    EXPECT_FALSE(limit.take("a", begin + 999ms));
    EXPECT_TRUE(limit.take("a", begin + 1000ms));
    EXPECT_FALSE(limit.take("a", begin + 1000ms));
    EXPECT_TRUE(limit.take("b", begin));
}

TEST(RateLimit, IsFullAgainAfterAQuietTime) {
    RateLimit limit(2, 1000ms);
    const RateLimit::Time begin{std::chrono::hours(1)};
    limit.take("a", begin);
    limit.take("a", begin);
    EXPECT_TRUE(limit.take("a", begin + 1h));
    EXPECT_TRUE(limit.take("a", begin + 1h));
    EXPECT_FALSE(limit.take("a", begin + 1h));
}

TEST(RateLimit, BoundsItsMemory) {
    RateLimit limit(1, 1000ms, 2);
    const RateLimit::Time begin{std::chrono::hours(1)};
    EXPECT_TRUE(limit.take("a", begin));
    EXPECT_TRUE(limit.take("b", begin));
    EXPECT_FALSE(limit.take("c", begin));
    EXPECT_TRUE(limit.take("c", begin + 2000ms)); // the quiet ones are forgotten
}

} // namespace
} // namespace testudo::web
