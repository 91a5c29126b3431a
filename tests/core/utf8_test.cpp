#include "orchestrator/core/utf8.hpp"

#include <gtest/gtest.h>
#include <string>

namespace testudo {
namespace {

TEST(Utf8, gives_one_code_point_after_the_other) {
    std::string_view text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x90\xA2\xF4\x8F\xBF\xBF";
    std::u32string found;
    while (!text.empty()) {
        const auto c = take_code_point(text);
        ASSERT_TRUE(c);
        found += *c;
    }
    EXPECT_EQ(found, U"a\u00E9\u20AC\U0001F422\U0010FFFF");
}

TEST(Utf8, stops_where_it_is_malformed) {
    for (const std::string_view text :
         {"\xFF", "\x80", "\xC3", "\xC3(", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xE2\x82", "\xED\xA0\x80",
          "\xF0\x82\x82\xAC", "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80"}) {
        auto rest = text;
        EXPECT_FALSE(take_code_point(rest)) << testing::PrintToString(text);
        EXPECT_EQ(rest, text);
    }
}

TEST(Utf8, knows_what_is_not_to_be_seen) {
    for (const auto c : U"\u0001\t\n\u001F\u007F\u0080\u009F\u202A\u202E\u2066\u2069") // and the zero that ends it
        EXPECT_TRUE(is_control(c)) << static_cast<std::uint32_t>(c);
    for (const auto c : std::u32string(U" ~\u00A0\u00E9\u200E\u200F\u2029\u202F\u2065\u206A\u05D0\U0001F422"))
        EXPECT_FALSE(is_control(c)) << static_cast<std::uint32_t>(c);
}

} // namespace
} // namespace testudo
