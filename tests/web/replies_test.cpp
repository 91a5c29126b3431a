#include "web/api/replies.hpp"

#include <gtest/gtest.h>

namespace testudo::web {
namespace {

ApiResponse with_body(const std::string& body) {
    ApiResponse response;
    response.body = body;
    return response;
}

TEST(Replies, KeepsTheFirstAnswer) {
    Replies replies(2);
    EXPECT_EQ(replies.find("white", "k"), nullptr);
    replies.keep("white", "k", {"request", with_body("first")});
    replies.keep("white", "k", {"request", with_body("second")});
    EXPECT_EQ(replies.find("white", "k")->response.body, "first");
    EXPECT_EQ(replies.find("north", "k"), nullptr);
}

TEST(Replies, ForgetsTheOldestOfTheSameCallerOnly) {
    Replies replies(2);
    replies.keep("white", "w", {"", with_body("w")});
    for (const auto* key : {"a", "b", "c"})
        replies.keep("north", key, {"", with_body(key)});
    EXPECT_EQ(replies.find("north", "a"), nullptr);
    EXPECT_NE(replies.find("north", "b"), nullptr);
    EXPECT_NE(replies.find("north", "c"), nullptr);
    EXPECT_NE(replies.find("white", "w"), nullptr);
}

} // namespace
} // namespace testudo::web
