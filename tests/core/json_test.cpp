#include "orchestrator/core/json.hpp"

#include <gtest/gtest.h>

namespace testudo {
namespace {

json::object doc(std::string_view text) {
    return parse_json(text).value().as_object();
}

TEST(Json, SaysWhereADocumentBreaks) {
    const auto broken = parse_json(R"({"a": 1,, "b": 2})");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, "json.malformed");
    EXPECT_NE(broken.error().message.find("byte 8"), std::string::npos) << broken.error().message;
    EXPECT_FALSE(parse_json("{\"a\": 1"));
    EXPECT_FALSE(parse_json("1 2"));
}

TEST(Json, ReadsWithDefaults) {
    const auto o = doc(R"({"s": "x", "n": 7, "b": true, "o": {"k": 1}, "a": [1]})");
    EXPECT_EQ(text_or(o, "s"), "x");
    EXPECT_EQ(text_or(o, "n", "none"), "none");
    EXPECT_EQ(int_or(o, "n"), 7);
    EXPECT_EQ(int_or(o, "s", -1), -1);
    EXPECT_TRUE(bool_or(o, "b"));
    EXPECT_EQ(object_or_empty(o, "o").size(), 1U);
    EXPECT_TRUE(object_or_empty(o, "a").empty());
    EXPECT_EQ(array_or_empty(o, "a").size(), 1U);
}

TEST(Json, MergePatchLeadsFromOneDocumentToTheOther) {
    const auto from = doc(R"({"a": 1, "b": {"c": 2, "d": 3}, "e": [1, 2], "gone": {"x": 1}})");
    const auto to = doc(R"({"a": 1, "b": {"c": 4, "n": {"m": 1}}, "e": [1, 3], "new": {"y": 2}})");
    const auto patch = merge_patch(from, to);
    EXPECT_FALSE(patch.contains("a"));
    auto patched = from;
    apply_merge_patch(patched, patch);
    EXPECT_EQ(patched, to);
    EXPECT_TRUE(merge_patch(to, to).empty());
}

TEST(Json, MergePatchCanTurnAnObjectIntoAValueAndBack) {
    const auto a = doc(R"({"k": {"x": 1}})");
    const auto b = doc(R"({"k": 5})");
    auto there = a;
    apply_merge_patch(there, merge_patch(a, b));
    EXPECT_EQ(there, b);
    apply_merge_patch(there, merge_patch(b, a));
    EXPECT_EQ(there, a);
}

} // namespace
} // namespace testudo
