#include "orchestrator/core/digest.hpp"

#include <gtest/gtest.h>

namespace testudo {
namespace {

TEST(Digest, AgreesWithPublishedVectors) {
    // FIPS 180-4 example "abc"; RFC 4231 test case 2.
    EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hmac_sha256_hex("Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(Digest, NamesGiveStableUuidsAndMacs) {
    const auto uuid = uuid_of("portal@north");
    EXPECT_EQ(uuid, uuid_of("portal@north"));
    EXPECT_NE(uuid, uuid_of("portal@south"));
    EXPECT_EQ(uuid.size(), 36U);
    EXPECT_EQ(uuid[14], '8');
    EXPECT_NE(std::string("89ab").find(uuid[19]), std::string::npos);
    EXPECT_EQ(mac_of("x").substr(0, 3), "02:");
    EXPECT_EQ(mac_of("x").size(), 17U);
}

TEST(Digest, RandomIsOfTheLengthAskedAndDiffers) {
    EXPECT_EQ(random_hex(16).size(), 32U);
    EXPECT_NE(random_hex(16), random_hex(16));
}

TEST(Digest, ComparesInConstantTime) {
    EXPECT_TRUE(equal_constant_time("abc", "abc"));
    EXPECT_FALSE(equal_constant_time("abc", "abd"));
    EXPECT_FALSE(equal_constant_time("abc", "abcd"));
}

} // namespace
} // namespace testudo
