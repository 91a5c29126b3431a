#include "orchestrator/template/tree.hpp"

#include <gmock/gmock.h>

#include "orchestrator/template/utf8.hpp"

namespace testudo::template_ {
namespace {

struct Parsed {
    std::shared_ptr<const SourceFile> file;
    NodePtr root;
    Diagnostics diagnostics;

    std::string under(const Span& span) const { return file->text.substr(span.begin, span.end - span.begin); }
    std::string code() const { return diagnostics.empty() ? "" : diagnostics.front().code; }
};

Parsed parse(std::string text, const Budget& budget = {}) {
    Parsed p;
    p.file = std::make_shared<const SourceFile>(SourceFile{"test.yaml", std::move(text)});
    p.root = parse_yaml(p.file, p.diagnostics, budget);
    return p;
}

TEST(Tree, spans_cover_exactly_what_was_written) {
    const auto p = parse("plain: some words  # comment\n"
                         "single: 'it''s'\n"
                         "double: \"a \\\" b\"\n"
                         "flow: { a: 1, b: [x, y] }\n"
                         "empty:\n"
                         "block: |\n"
                         "  text\n");
    ASSERT_TRUE(p.diagnostics.empty());
    const auto value = [&p](std::string_view key) { return p.root->find(key)->value; };
    EXPECT_EQ(p.under(value("plain")->span), "some words");
    EXPECT_EQ(p.under(value("single")->span), "'it''s'");
    EXPECT_EQ(value("single")->scalar, "it's");
    EXPECT_EQ(p.under(value("double")->span), "\"a \\\" b\"");
    EXPECT_EQ(p.under(value("flow")->find("a")->value->span), "1");
    EXPECT_EQ(p.under(value("flow")->find("b")->value->items[1]->span), "y");
    // What is no scalar, or nothing, is looked for at its key.
    EXPECT_EQ(p.under(value("flow")->span), "flow");
    EXPECT_EQ(p.under(value("empty")->span), "empty");
    EXPECT_EQ(value("block")->scalar, "text\n");
}

TEST(Tree, spans_count_bytes_of_other_alphabets_right) {
    const auto p = parse("title: Übung – 演習\nnext: value\n");
    ASSERT_TRUE(p.diagnostics.empty());
    EXPECT_EQ(p.under(p.root->find("title")->value->span), "Übung – 演習");
    EXPECT_EQ(p.under(p.root->find("next")->value->span), "value");
    EXPECT_EQ(position_of(p.root->find("next")->value->span).column, 7U);
}

TEST(Tree, a_byte_order_mark_and_carriage_returns_shift_nothing) {
    const auto p = parse("\xEF\xBB\xBF"
                         "one: 1\r\ntwo: second\r\n");
    ASSERT_TRUE(p.diagnostics.empty()) << p.diagnostics.front().message;
    EXPECT_EQ(p.under(p.root->find("two")->value->span), "second");
}

TEST(Tree, quoted_scalars_are_known_as_such) {
    const auto p = parse("a: 1\nb: '1'\n");
    EXPECT_TRUE(p.root->find("a")->value->plain);
    EXPECT_FALSE(p.root->find("b")->value->plain);
}

TEST(Tree, malformed_utf8_is_refused_at_its_byte) {
    const auto p = parse("title: caf\xE9\n");
    EXPECT_EQ(p.root, nullptr);
    EXPECT_EQ(p.code(), "T0102");
    EXPECT_EQ(p.diagnostics.front().span.begin, 10U);
}

TEST(Tree, a_zero_byte_is_refused) {
    const auto p = parse(std::string("title: a\0b\n", 11));
    EXPECT_EQ(p.root, nullptr);
    EXPECT_EQ(p.code(), "T0103");
}

TEST(Tree, nesting_is_bounded) {
    EXPECT_EQ(parse(std::string(100'000, '[')).code(), "T0110");
    EXPECT_EQ(parse(std::string(30, '[') + std::string(30, ']')).code(), "");
}

TEST(Tree, a_multiplying_chain_of_aliases_is_bounded) {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
        for (int k = 0; k < 10; ++k)
            text += (k == 0 ? "*a" : ", *a") + std::to_string(i - 1);
        text += "]\n";
    }
    EXPECT_EQ(parse(text).code(), "T0110");
}

TEST(Tree, size_is_bounded) {
    Budget small;
    small.bytes = 10;
    EXPECT_EQ(parse("title: long enough\n", small).code(), "T0110");
}

TEST(Tree, an_alias_within_itself_ends) {
    EXPECT_EQ(parse("a: &x [*x]\n").code(), "T0109");
}

TEST(Tree, tabs_inside_of_texts_are_fine) {
    EXPECT_EQ(parse("text: |\n  a\tb\n  \tc\n").code(), "");
    EXPECT_EQ(parse("text: \"a\tb\"\n").code(), "");
}

// Whatever bytes come, the parser returns and every place lies inside of the text.
TEST(Tree, survives_every_cut_of_a_text) {
    const std::string text =
        "a: &x { b: [1, 'two', \"three\\u00e9\"], c: |\n    block\n  }\n? [k]\n: *x\n<<: *x\n--- !t\n";
    for (std::size_t length = 0; length <= text.size(); ++length) {
        for (const std::string end : {"", "\t", "\"", "{", "&", "*", "%", "\n- "}) {
            const auto p = parse(text.substr(0, length) + end);
            for (const auto& d : p.diagnostics) {
                EXPECT_LE(d.span.begin, d.span.end);
                EXPECT_LE(d.span.end, p.file->text.size());
                EXPECT_FALSE(render(d).empty());
            }
        }
    }
}

TEST(Utf8, accepts_and_refuses_as_unicode_does) {
    EXPECT_FALSE(first_malformed_utf8("plain, é, 演, 🐢"));
    EXPECT_EQ(first_malformed_utf8("\xC0\x80"), 0U);         // overlong
    EXPECT_EQ(first_malformed_utf8("\xED\xA0\x80"), 0U);     // a surrogate
    EXPECT_EQ(first_malformed_utf8("\xF4\x90\x80\x80"), 0U); // above U+10FFFF
    EXPECT_EQ(first_malformed_utf8("ab\xE2\x82"), 2U);       // cut off
}

// Other programs' files are read as these programs read them.
TEST(ForeignTree, takes_over_merge_keys_and_passes_over_tags) {
    const auto file = std::make_shared<const SourceFile>(
        SourceFile{"other.yml", "base: &base { a: 1, b: 2 }\nmore: &more { b: 3, c: 4 }\none: { <<: *base, b: 9 }\n"
                                "both: { <<: [*base, *more], d: !vault x }\n---\nsecond: document\n"});
    Diagnostics out;
    const auto roots = parse_foreign_yaml(file, out, {});
    ASSERT_TRUE(out.empty()) << out.front().message;
    ASSERT_EQ(roots.size(), 2U);
    const auto& one = *roots[0]->find("one")->value;
    EXPECT_EQ(one.entries.size(), 2U);
    EXPECT_EQ(one.find("a")->value->scalar, "1");
    EXPECT_EQ(one.find("b")->value->scalar, "9") << "a key of its own wins";
    const auto& both = *roots[0]->find("both")->value;
    EXPECT_EQ(both.entries.size(), 4U);
    EXPECT_EQ(both.find("b")->value->scalar, "2") << "the first mapping wins";
    EXPECT_EQ(both.find("c")->value->scalar, "4");
    EXPECT_EQ(both.find("d")->value->scalar, "x");
    EXPECT_NE(roots[1]->find("second"), nullptr);
}

TEST(ForeignTree, still_refuses_what_is_ambiguous_or_too_much) {
    for (const auto& [text, code] :
         {std::pair("a: 1\na: 2\n", "T0107"), std::pair("a: &a [*a]\n", "T0109"), std::pair("a: [\n", "T0104"),
          std::pair("a: [[[[[[x]]]]]]\n", "T0110"), std::pair("", "T0113")}) {
        Diagnostics out;
        (void)parse_foreign_yaml(std::make_shared<const SourceFile>(SourceFile{"other.yml", text}), out,
                                 Budget{1000, 100, 5});
        ASSERT_FALSE(out.empty()) << text;
        EXPECT_EQ(out.front().code, code) << text;
    }
}

} // namespace
} // namespace testudo::template_
