#include "web/api/address.hpp"

#include <gmock/gmock.h>

namespace testudo::web {
namespace {

using testing::ElementsAre;
using testing::Optional;
using testing::Pair;

TEST(Address, DecodesAfterSplitting) {
    EXPECT_THAT(split_path("/api/v1/me"), Optional(ElementsAre("api", "v1", "me")));
    EXPECT_THAT(split_path("/checks/web%40north/rule"), Optional(ElementsAre("checks", "web@north", "rule")));
    EXPECT_THAT(split_path("/a%2Fb"), Optional(ElementsAre("a/b")));
    EXPECT_THAT(split_path("/a/"), Optional(ElementsAre("a", "")));
    EXPECT_THAT(split_path("/"), Optional(ElementsAre("")));
}

TEST(Address, RefusesBrokenEscapes) {
    EXPECT_FALSE(split_path("/a%"));
    EXPECT_FALSE(split_path("/a%2"));
    EXPECT_FALSE(split_path("/a%zz"));
    EXPECT_FALSE(split_path("/a%-1"));
    EXPECT_FALSE(split_path("/a%00"));
    EXPECT_FALSE(split_path("/a%0d%0a"));
    EXPECT_FALSE(split_path("/a%c2%85"));    // next line, a C1 control
    EXPECT_FALSE(split_path("/a%e2%80%ae")); // right-to-left override
}

TEST(Address, RefusesWhatIsNoUtf8) {
    EXPECT_THAT(split_path("/%c3%a9\xc3\xa9"), Optional(ElementsAre("\u00e9\u00e9")));
    for (const auto* query : {"%ff=1", "a=%ff", "a=%c3", "a=\xff", "a=%c0%af", "a=%ed%a0%80", "a=%f5%80%80%80"})
        EXPECT_FALSE(parse_query(query)) << query;
}

TEST(Address, ReadsQueries) {
    EXPECT_THAT(parse_query("after=5&limit=10"), Optional(ElementsAre(Pair("after", "5"), Pair("limit", "10"))));
    EXPECT_THAT(parse_query("team=a%26b"), Optional(ElementsAre(Pair("team", "a&b"))));
    EXPECT_THAT(parse_query("flag"), Optional(ElementsAre(Pair("flag", ""))));
    EXPECT_THAT(parse_query(""), Optional(ElementsAre()));
    EXPECT_FALSE(parse_query("a=1&a=2"));
    EXPECT_FALSE(parse_query("a=%"));
}

} // namespace
} // namespace testudo::web
