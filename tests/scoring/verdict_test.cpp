#include "scoring/verdict.hpp"

#include <gtest/gtest.h>

namespace testudo::scoring {
namespace {

using enum Probe;
using V = Verdict;

struct Case {
    std::vector<Probe> attempts;
    int k;
    int n;
    Verdict want;
};

class Judge : public testing::TestWithParam<Case> {};

TEST_P(Judge, says) {
    const auto& c = GetParam();
    EXPECT_EQ(word_of(judge(c.attempts, c.k, c.n)), word_of(c.want));
}

INSTANTIATE_TEST_SUITE_P(
    Table, Judge,
    testing::Values(Case{{}, 2, 2, V::pending}, Case{{pass}, 2, 2, V::ok}, Case{{error}, 2, 2, V::unknown},
                    Case{{fail}, 2, 2, V::pending}, Case{{fail}, 0, 0, V::down}, Case{{wrong}, 0, 0, V::faulty},
                    // One good re-check of two acquits when both had to fail.
                    Case{{fail, pass}, 2, 2, V::ok}, Case{{fail, fail}, 2, 2, V::pending},
                    Case{{fail, fail, fail}, 2, 2, V::down}, Case{{fail, fail, wrong}, 2, 2, V::faulty},
                    Case{{wrong, wrong, wrong}, 2, 2, V::faulty},
                    // k of n: two of three.
                    Case{{fail, pass, fail}, 2, 3, V::pending}, Case{{fail, pass, fail, fail}, 2, 3, V::down},
                    Case{{fail, pass, fail, pass}, 2, 3, V::ok},
                    // Slow is bad, but not failed.
                    Case{{slow}, 2, 2, V::pending}, Case{{slow, pass}, 2, 2, V::ok},
                    Case{{slow, slow, slow}, 2, 2, V::degraded}, Case{{fail, slow, slow}, 2, 2, V::degraded},
                    Case{{slow, fail, fail}, 2, 2, V::degraded},
                    // What our own errors kept from being decided is unknown.
                    Case{{fail, error, error}, 2, 2, V::unknown}, Case{{fail, error, fail}, 2, 2, V::unknown},
                    Case{{fail, error, pass}, 2, 2, V::ok}));

TEST(Words, unknown_words_are_never_charged) {
    EXPECT_EQ(probe_from("pass"), pass);
    EXPECT_EQ(probe_from("exploded"), error);
    EXPECT_EQ(probe_from(""), error);
}

TEST(Words, worst_of_two_for_the_board) {
    EXPECT_EQ(worse(V::ok, V::pending), V::pending);
    EXPECT_EQ(worse(V::down, V::faulty), V::down);
    EXPECT_EQ(worse(V::held, V::degraded), V::degraded);
    EXPECT_EQ(worse(V::unknown, V::voided), V::unknown);
}

} // namespace
} // namespace testudo::scoring
