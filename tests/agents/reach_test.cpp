#include "agents/probes/reach.hpp"

#include <gtest/gtest.h>

namespace testudo::agents {
namespace {

Address at(const std::string& text) {
    return parse_address(text).value();
}

bool allowed(const std::vector<std::string>& list, const std::string& address) {
    return Reach::parse(list).value().allows(at(address));
}

TEST(Reach, NothingIsAllowedWithoutAList) {
    EXPECT_FALSE(Reach().allows(at("198.18.0.1")));
    EXPECT_FALSE(allowed({}, "127.0.0.1"));
}

TEST(Reach, AllowsWhatIsListed) {
    EXPECT_TRUE(allowed({"198.18.11.80"}, "198.18.11.80"));
    EXPECT_FALSE(allowed({"198.18.11.80"}, "198.18.11.81"));
    EXPECT_TRUE(allowed({"198.18.11.0/24"}, "198.18.11.255"));
    EXPECT_FALSE(allowed({"198.18.11.0/24"}, "198.18.12.0"));
    EXPECT_TRUE(allowed({"198.18.8.0/21"}, "198.18.15.1"));
    EXPECT_FALSE(allowed({"198.18.8.0/21"}, "198.18.16.1"));
    EXPECT_TRUE(allowed({"2001:db8:11::/64"}, "2001:db8:11::1"));
    EXPECT_FALSE(allowed({"2001:db8:11::/64"}, "2001:db8:11:1::1"));
    EXPECT_TRUE(allowed({"198.18.1.1", "2001:db8::1"}, "2001:db8::1"));
}

TEST(Reach, TheRestOfTheWorldIsClosedWhateverThePlanSays) {
    for (const auto* address :
         {"8.8.8.8", "10.0.0.1", "192.168.1.1", "198.17.255.255", "198.20.0.0", "169.254.169.254", "2a00:1450::1",
          "fe80::1", "2001:db9::1", "0.0.0.0", "::", "255.255.255.255", "224.0.0.1"})
        EXPECT_FALSE(allowed({"0.0.0.0/0", "::/0"}, address)) << address;
    EXPECT_TRUE(allowed({"0.0.0.0/0"}, "198.19.255.255"));
    EXPECT_TRUE(allowed({"::/0"}, "2001:db8:ffff::1"));
    EXPECT_TRUE(allowed({"127.0.0.0/8"}, "127.0.0.1"));
}

TEST(Reach, AnIpv4AddressInIpv6ClothesIsJudgedAsWhatItIs) {
    EXPECT_FALSE(allowed({"::/0"}, "::ffff:8.8.8.8"));
    EXPECT_FALSE(allowed({"::/0"}, "::ffff:198.18.0.1"));
    EXPECT_TRUE(allowed({"198.18.0.0/15"}, "::ffff:198.18.0.1"));
}

TEST(Reach, OnlyLiteralsAreAddresses) {
    for (const auto* text : {"", "localhost", "portal.harbour.example", "198.18.0", "198.18.0.256", "fe80::1%eth0", "1",
                             "0x7f.1", "198.18.0.1 ", "[::1]"})
        EXPECT_FALSE(parse_address(text)) << text;
    for (const auto* text : {"198.18.0.0/33", "198.18.0.0/-1", "2001:db8::/129", "198.18.0.0/", "198.18.0.0/2x", "/8"})
        EXPECT_FALSE(Network::parse(text)) << text;
    EXPECT_EQ(Reach().check(at("198.18.0.1")).error().code, "refused.target");
}

} // namespace
} // namespace testudo::agents
