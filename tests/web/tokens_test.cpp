#include "web/api/tokens.hpp"

#include <gtest/gtest.h>

namespace testudo::web {
namespace {

TEST(Tokens, FindTheirHolders) {
    Tokens tokens;
    tokens.admit("a white token", {Role::white, "", "white 1"});
    tokens.admit("a northern token", {Role::team, "north", "lead"});
    EXPECT_EQ(tokens.find("a white token"), (Caller{Role::white, "", "white 1"}));
    EXPECT_EQ(tokens.find("a northern token"), (Caller{Role::team, "north", "lead"}));
    EXPECT_FALSE(tokens.find(""));
    EXPECT_FALSE(tokens.find("a white tokenx"));
    EXPECT_FALSE(tokens.find(" white token"));
}

} // namespace
} // namespace testudo::web
