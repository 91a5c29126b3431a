#include "orchestrator/template/condition.hpp"

#include <gtest/gtest.h>

namespace testudo::template_ {
namespace {

using Kind = Condition::Kind;

Condition parse(const std::string& text, std::size_t errors = 0) {
    const auto file = std::make_shared<const SourceFile>(SourceFile{"test", text});
    Diagnostics out;
    auto c = parse_condition(Text{text, Span{file, 0, text.size()}}, out);
    EXPECT_EQ(out.size(), errors) << text;
    return c;
}

TEST(Condition, times) {
    EXPECT_EQ(parse("T+1h5m").kind, Kind::at);
    EXPECT_EQ(parse("T+1h5m").time, Millis(3'900'000));
    EXPECT_EQ(parse("manual").kind, Kind::manual);
}

TEST(Condition, after_another) {
    const auto later = parse("3m after advisory");
    EXPECT_EQ(later.kind, Kind::after);
    EXPECT_EQ(later.ref.value, "advisory");
    EXPECT_EQ(later.what, "completed");
    EXPECT_EQ(later.time, Millis(180'000));
    EXPECT_EQ(parse("after advisory fired").what, "fired");
    EXPECT_EQ(parse("after advisory").time, Millis(0));
    const auto phase = parse("2m after phase recovery");
    EXPECT_EQ(phase.kind, Kind::phase);
    EXPECT_EQ(phase.ref.value, "recovery");
    EXPECT_EQ(phase.time, Millis(120'000));
}

TEST(Condition, states_that_last) {
    const auto effect = parse("defaced holds for 10m");
    EXPECT_EQ(effect.kind, Kind::effect);
    EXPECT_EQ(effect.what, "holds");
    EXPECT_EQ(effect.time, Millis(600'000));
    EXPECT_EQ(parse("defaced gone").what, "gone");
    const auto check = parse("check portal-answers down for 2m");
    EXPECT_EQ(check.kind, Kind::check);
    EXPECT_EQ(check.ref.value, "portal-answers");
    EXPECT_EQ(check.what, "down");
    EXPECT_EQ(check.time, Millis(120'000));
}

TEST(Condition, reports_and_scores) {
    EXPECT_EQ(parse("report incident").ref.value, "incident");
    EXPECT_EQ(parse("score below 400").milli, 400'000);
    EXPECT_EQ(parse("score above 0.5").what, "above");
}

TEST(Condition, keeps_the_words_for_controllers) {
    EXPECT_EQ(parse("  defaced   holds for 10m ").text, "defaced holds for 10m");
}

TEST(Condition, places_of_words_are_exact) {
    const auto c = parse("check portal-answers down for 2m");
    EXPECT_EQ(c.ref.span.begin, 6U);
    EXPECT_EQ(c.ref.span.end, 20U);
}

TEST(Condition, one_mistake_gives_one_error) {
    for (const auto* text : {"", "T+", "T+5", "after", "5m", "x holds for", "x holds for 5", "check", "check x",
                             "check x down for", "check x broken", "report", "score", "score below", "score below x",
                             "phase", "manual now", "5m after", "x y z"})
        EXPECT_EQ(parse(text, 1).kind, Kind::none) << text;
}

} // namespace
} // namespace testudo::template_
