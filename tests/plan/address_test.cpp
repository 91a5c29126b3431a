#include "orchestrator/plan/address.hpp"

#include <gtest/gtest.h>

namespace testudo::plan {
namespace {

Prefix prefix(std::string_view text) {
    const auto p = parse_prefix(text);
    EXPECT_TRUE(p) << text;
    return p.value_or(Prefix{});
}

std::string host(std::string_view network, std::int64_t number) {
    const auto address = host_of(prefix(network), number);
    return address ? to_text(*address) : "none";
}

TEST(Address, texts) {
    for (const auto* text : {"198.18.0.1", "0.0.0.0", "2001:db8::", "2001:db8::80", "::1", "2001:db8:1:2:3:4:5:6"}) {
        const auto address = parse_address(text);
        ASSERT_TRUE(address) << text;
        EXPECT_EQ(to_text(*address), text);
    }
    EXPECT_EQ(to_text(*parse_address("2001:DB8:0:0:0:0:0:80")), "2001:db8::80");
    for (const auto* text :
         {"", "198.18.0", "198.18.0.256", "198.18.0.01", "198.18.0.1 ", "2001:db8", "::1%lo", "1.2.3.4/8", "[::1]"})
        EXPECT_FALSE(parse_address(text)) << text;
}

TEST(Prefix, texts) {
    EXPECT_EQ(to_text(prefix("198.18.0.0/15")), "198.18.0.0/15");
    for (const auto* text : {"198.18.0.0", "198.18.0.0/", "198.18.0.0/33", "198.18.0.0/08", "198.18.0.0/-1",
                             "2001:db8::/129", "/24", "198.18.0.0/24 "})
        EXPECT_FALSE(parse_prefix(text)) << text;
}

TEST(Prefix, contains_and_overlaps) {
    EXPECT_TRUE(contains(prefix("198.18.0.0/15"), *parse_address("198.19.255.255")));
    EXPECT_FALSE(contains(prefix("198.18.0.0/15"), *parse_address("198.20.0.0")));
    EXPECT_FALSE(contains(prefix("0.0.0.0/0"), *parse_address("::1")));
    EXPECT_TRUE(contains(prefix("::/0"), *parse_address("::1")));
    EXPECT_TRUE(overlap(prefix("198.18.0.0/16"), prefix("198.18.3.0/24")));
    EXPECT_TRUE(overlap(prefix("198.18.3.0/24"), prefix("198.18.0.0/16")));
    EXPECT_FALSE(overlap(prefix("198.18.3.0/24"), prefix("198.18.4.0/24")));
    EXPECT_EQ(to_text(last_of(prefix("198.18.4.0/22"))), "198.18.7.255");
    EXPECT_EQ(to_text(last_of(prefix("2001:db8::/126"))), "2001:db8::3");
}

TEST(Host, has_the_same_digits_in_both_families) {
    EXPECT_EQ(host("198.18.1.0/24", 80), "198.18.1.80");
    EXPECT_EQ(host("2001:db8:1::/64", 80), "2001:db8:1::80");
    EXPECT_EQ(host("198.18.0.0/16", 300), "198.18.1.44");
    EXPECT_EQ(host("2001:db8::/64", 9999), "2001:db8::9999");
    EXPECT_EQ(host("2001:db8::/64", 10000), "2001:db8::2710");
}

TEST(Host, is_on_the_network_and_is_nobody_special) {
    EXPECT_EQ(host("198.18.1.0/24", 0), "none");
    EXPECT_EQ(host("198.18.1.0/24", 255), "none"); // broadcast
    EXPECT_EQ(host("198.18.1.0/24", 256), "none");
    EXPECT_EQ(host("198.18.1.0/24", -1), "none");
    EXPECT_EQ(host("198.18.1.0/31", 1), "198.18.1.1");
    EXPECT_EQ(host("2001:db8::/120", 100), "none"); // ::100 is beyond ::ff
    EXPECT_EQ(host("2001:db8::/64", INT64_MAX), "2001:db8::7fff:ffff:ffff:ffff");
}

TEST(RangeAddress, is_one_of_two_blocks) {
    for (const auto* text : {"198.18.0.0/15", "198.19.4.0/24", "2001:db8::/32", "2001:db8:ffff::/48"})
        EXPECT_TRUE(is_range_address(prefix(text))) << text;
    for (const auto* text :
         {"198.18.0.0/14", "198.17.0.0/16", "10.0.0.0/8", "2001:db8::/31", "2001:db9::/32", "::/0", "fe80::/64"})
        EXPECT_FALSE(is_range_address(prefix(text))) << text;
}

} // namespace
} // namespace testudo::plan
