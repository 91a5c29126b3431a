#include "orchestrator/template/expression.hpp"

#include <gtest/gtest.h>

namespace testudo::template_ {
namespace {

class TestScope final : public Scope {
  public:
    std::optional<Value> find(const std::string& name) const override {
        if (name == "team.number")
            return std::int64_t{3};
        if (name == "team.id")
            return "north";
        if (name == "probe-1.ipv4")
            return "198.18.0.1";
        return std::nullopt;
    }
    std::vector<std::string> names() const override { return {"team.number", "team.id", "probe-1.ipv4"}; }
    std::string why_not(const std::string& name) const override { return name == "kept" ? "not here" : ""; }
};

std::string evaluate(const std::string& text, const std::string& code = "") {
    const auto file = std::make_shared<const SourceFile>(SourceFile{"test", text});
    Diagnostics out;
    const auto value = expand(Text{text, Span{file, 0, text.size()}}, TestScope(), out);
    EXPECT_EQ(value.has_value(), out.empty()) << text;
    EXPECT_EQ(out.empty() ? "" : out.front().code, code) << text;
    for (const auto& d : out) {
        EXPECT_LE(d.span.begin, d.span.end) << text;
        EXPECT_LE(d.span.end, text.size()) << text;
    }
    return value.value_or("");
}

TEST(Expression, texts_without_any_stay) {
    EXPECT_EQ(evaluate("198.18.0.0/24 { } }}"), "198.18.0.0/24 { } }}");
}

TEST(Expression, calculates) {
    EXPECT_EQ(evaluate("198.18.{{ 10 * team.number + 1 }}.0/24"), "198.18.31.0/24");
    EXPECT_EQ(evaluate("{{ 2 + 3 * 4 }}"), "14");
    EXPECT_EQ(evaluate("{{ (2 + 3) * 4 }}"), "20");
    EXPECT_EQ(evaluate("{{ 7 / 2 }} {{ 7 % 4 }} {{ 10 - 2 - 3 }}"), "3 3 5");
    EXPECT_EQ(evaluate("{{team.id}}-{{team.number}}"), "north-3");
    EXPECT_EQ(evaluate("{{ probe-1.ipv4 }}"), "198.18.0.1");
    EXPECT_EQ(evaluate("{{ team.number - 1 }}"), "2");
}

TEST(Expression, pads_and_writes_hexadecimal) {
    EXPECT_EQ(evaluate("{{ pad(team.number, 3) }}"), "003");
    EXPECT_EQ(evaluate("{{ pad(team.id, 7) }} {{ pad(1234, 2) }}"), "00north 1234");
    EXPECT_EQ(evaluate("{{ hex(10 * team.number) }}"), "1e");
    EXPECT_EQ(evaluate("{{ pad(hex((1 + 2) * 5), 2) }}"), "0f");
    evaluate("{{ oct(1) }}", "T1110");
    for (const auto* text : {"{{ pad(1) }}", "{{ pad(1, 0) }}", "{{ pad(1, 33) }}", "{{ pad(0 - 1, 2) }}",
                             "{{ pad(1, 2, 3) }}", "{{ hex(team.id) }}", "{{ hex(0 - 1) }}", "{{ hex(1, 2) }}"})
        evaluate(text, "T1111");
    for (const auto* text : {"{{ hex() }}", "{{ hex(1 }}", "{{ hex(1,) }}", "{{ hex (1) }}", "{{ hex(1) + 1 }}"})
        evaluate(text, std::string(text).find("hex (") == std::string::npos ? "T0304" : "T0305");
}

TEST(Expression, says_what_is_wrong) {
    for (const auto* text :
         {"{{ }}", "{{ 1 + }}", "{{ + 1 }}", "{{ (1 }}", "{{ 1 2 }}", "{{ 1", "{{ $ }}", "{{ team.id + 1 }}"})
        evaluate(text, "T0304");
    for (const auto* text : {"{{ team }}", "{{ team.number-1 }}", "{{ x }}"})
        evaluate(text, "T0305");
    evaluate("{{ kept }}", "T0306");
    for (const auto* text :
         {"{{ 1 / 0 }}", "{{ 1 % (2 - 2) }}", "{{ 99999999999999999999 }}", "{{ 9223372036854775807 + 1 }}",
          "{{ (0 - 9223372036854775807 - 1) / (0 - 1) }}", "{{ 9223372036854775807 * 2 }}"})
        evaluate(text, "T0307");
}

TEST(Expression, deep_brackets_end) {
    evaluate("{{ " + std::string(100'000, '(') + " }}", "T0304");
    std::string calls = "{{ ";
    for (int i = 0; i < 100'000; ++i)
        calls += "hex(";
    evaluate(calls + " }}", "T0304");
}

TEST(Expression, all_mistakes_of_a_text_are_told_at_their_places) {
    const std::string text = "a {{ x }} b {{ team.id }} c {{ y }}";
    const auto file = std::make_shared<const SourceFile>(SourceFile{"test", text});
    Diagnostics out;
    EXPECT_FALSE(expand(Text{text, Span{file, 0, text.size()}}, TestScope(), out));
    ASSERT_EQ(out.size(), 2U);
    EXPECT_EQ(text.substr(out[0].span.begin, 1), "x");
    EXPECT_EQ(text.substr(out[1].span.begin, 1), "y");
}

} // namespace
} // namespace testudo::template_
