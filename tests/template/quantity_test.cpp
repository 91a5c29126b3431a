#include "orchestrator/template/quantity.hpp"

#include <gtest/gtest.h>

namespace testudo::template_ {
namespace {

TEST(Duration, reads_units_from_large_to_small) {
    EXPECT_EQ(parse_duration("90s"), Millis(90'000));
    EXPECT_EQ(parse_duration("1h30m"), Millis(5'400'000));
    EXPECT_EQ(parse_duration("2d500ms"), Millis(172'800'500));
    EXPECT_EQ(parse_duration("0s"), Millis(0));
}

TEST(Duration, refuses_what_could_mean_something_else) {
    for (const auto* text :
         {"", "5", "5 m", "m", "5m1h", "5m5m", "-5m", "5.5m", "1y", "99999999999999999999s", "9999999d", "5M", "+5m"})
        EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, is_written_as_it_is_read) {
    for (const auto* text : {"0s", "90ms", "1m30s", "2h", "1d1h1m1s1ms"})
        EXPECT_EQ(to_text(*parse_duration(text)), text);
}

TEST(Memory, needs_its_unit) {
    EXPECT_EQ(parse_mebibytes("64 MiB"), 64);
    EXPECT_EQ(parse_mebibytes("2GiB"), 2048);
    for (const auto* text : {"", "64", "64 MB", "64 mib", "1.5 GiB", "-1 MiB", "99999999999999999999 MiB"})
        EXPECT_FALSE(parse_mebibytes(text)) << text;
}

TEST(WholeNumber, has_one_spelling) {
    EXPECT_EQ(parse_whole_number("0"), 0);
    EXPECT_EQ(parse_whole_number("-12"), -12);
    EXPECT_EQ(parse_whole_number("9223372036854775807"), INT64_MAX);
    for (const auto* text : {"", "-", "010", "00", "1_000", "1e3", "0x10", "+1", " 1", "1 ", "9223372036854775808"})
        EXPECT_FALSE(parse_whole_number(text)) << text;
}

TEST(Points, are_kept_to_the_thousandth) {
    EXPECT_EQ(parse_points("20"), 20'000);
    EXPECT_EQ(parse_points("0.5"), 500);
    EXPECT_EQ(parse_points("12.25"), 12'250);
    for (const auto* text : {"", ".5", "5.", "-1", "-0.5", "1.2345", "1,5", "1e3", "9999999"})
        EXPECT_FALSE(parse_points(text)) << text;
}

} // namespace
} // namespace testudo::template_
