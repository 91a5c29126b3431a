#include "tests/plan/planned.hpp"

// Whatever is done to a good template, reading and planning it ends, with a plan or with at least one error in its
// place, and never with an exception.
namespace testudo::plan {
namespace {

const std::string whole = small_range + R"(rules:
  - { at: gate, allow: [internet -> portal.web, internet -> office icmp], deny: office -> internet tcp/25 }
checks:
  web: { from: internet, of: portal.web, ask: { path: / }, expect: { status: 200 }, confirm: 2 of 3 }
  ping: { from: [probe-1, probe-2], of: gate, family: ipv6 }
phases: { attack: { at: T+0s } }
timeline:
  - { message: hello, at: T+1m, from: C, subject: S, body: B, expects: { report: media, within: 5m, rubric: { tone: 10 } } }
  - { action: deface, id: defaced, at: T+2m, on: portal, with: { path: /x, text: "{{ team.id }}" }, impact: 10 }
  - { action: sweep-ports, id: swept, when: 1m after hello, by: crow, on: office, with: { ports: [22, 80] } }
  - { message: call, when: { all: [defaced holds for 1m, { not: report media }] }, from: C, subject: S, body: B }
scoring: { availability: 800, impact: 100, reports: 100 }
)";

void survives(const std::string& text) {
    auto loaded = template_::load_text("test.yaml", text);
    std::optional<Plan> plan;
    ASSERT_NO_THROW(plan = make(loaded.template_, loaded.diagnostics)) << text;
    ASSERT_EQ(plan.has_value(), !template_::has_errors(loaded.diagnostics)) << text;
    for (const auto& d : loaded.diagnostics) {
        ASSERT_TRUE(d.span.file) << d.message << "\n" << text;
        ASSERT_LE(d.span.begin, d.span.end) << d.message;
        ASSERT_LE(d.span.end, d.span.file->text.size()) << d.message;
    }
    ASSERT_TRUE(!plan || plan_from_json(to_json(*plan))) << text;
}

TEST(Mutations, the_template_itself_is_good) {
    EXPECT_EQ(planned(whole).injects.size(), 4U);
}

TEST(Mutations, cut_anywhere) {
    for (std::size_t length = 0; length < whole.size(); length += 7)
        survives(whole.substr(0, length));
}

TEST(Mutations, any_line_missing) {
    for (std::size_t begin = 0; begin < whole.size();) {
        const auto end = whole.find('\n', begin) + 1;
        survives(whole.substr(0, begin) + whole.substr(end));
        begin = end;
    }
}

TEST(Mutations, any_word_another) {
    static const std::string letters = "abcdefghijklmnopqrstuvwxyz0123456789-./:";
    int turn = 0;
    for (std::size_t begin = whole.find_first_of(letters); begin < whole.size();) {
        const auto end = std::min(whole.find_first_not_of(letters, begin), whole.size());
        static const std::vector<std::string> words{
            "any", "0",     "\"{{ team.number }}\"", "portal",        "[]", "{}", "gate", "999999999999", "''",
            "{{",  "north", "2001:db8::/128",        "198.18.0.1/32", "-1"};
        // Two words each, in turn: all pairs would only be slow.
        for (int i = 0; i < 2; ++i)
            survives(whole.substr(0, begin) + words[static_cast<std::size_t>(turn++) % words.size()] +
                     whole.substr(end));
        begin = std::min(whole.find_first_of(letters, end), whole.size());
    }
}

} // namespace
} // namespace testudo::plan
