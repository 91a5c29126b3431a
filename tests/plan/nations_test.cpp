#include "orchestrator/plan/nations.hpp"

#include <gtest/gtest.h>

namespace testudo::plan {
namespace {

TEST(Nations, are_those_of_the_standard_and_of_exercises) {
    for (const auto* code : {"ABW", "EST", "FIN", "SWE", "LTU", "MKD", "ZWE", "XAA", "XZZ"})
        EXPECT_TRUE(is_nation(code)) << code;
    for (const auto* code : {"", "ES", "est", "ZZZ", "YUG", "ST ", "T F", "EST ", "BWA AND", "X1A"})
        EXPECT_FALSE(is_nation(code)) << code;
}

TEST(Nations, there_are_as_many_as_in_the_standard) {
    int count = 0;
    for (char a = 'A'; a <= 'Z'; ++a)
        for (char b = 'A'; b <= 'Z'; ++b)
            for (char c = 'A'; c <= 'Z'; ++c)
                count += a != 'X' && is_nation(std::string{a, b, c}) ? 1 : 0;
    EXPECT_EQ(count, 249);
}

TEST(Nations, what_was_meant) {
    EXPECT_EQ(meant_nation("GER"), "DEU");
    EXPECT_EQ(alias_of("FYR"), "MKD");
    EXPECT_EQ(alias_of("BLG"), "BGR");
    EXPECT_EQ(alias_of("MKD"), "");
    EXPECT_EQ(meant_nation("QQQ"), "");
}

} // namespace
} // namespace testudo::plan
