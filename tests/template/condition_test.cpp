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

TEST(Condition, moments_have_anchors) {
    EXPECT_EQ(parse("STARTEX").time, Millis(0));
    EXPECT_EQ(parse("STARTEX+10m").time, Millis(600'000));
    EXPECT_EQ(parse("STARTEX+10m").ref.value, "");
    for (const auto* text : {"ENDEX-30m", "ENDEX - 30m", "ENDEX -30m", "ENDEX- 30m"}) {
        const auto c = parse(text);
        EXPECT_EQ(c.kind, Kind::at) << text;
        EXPECT_EQ(c.ref.value, "ENDEX") << text;
        EXPECT_EQ(c.time, Millis(-1'800'000)) << text;
    }
    EXPECT_EQ(parse("day-2 + 1h").kind, Kind::at);
    EXPECT_EQ(parse("day-2 + 1h").ref.value, "day-2");
    EXPECT_EQ(parse("day-2").ref.value, "day-2");
    EXPECT_EQ(parse("recovery+10m").kind, Kind::phase);
    EXPECT_EQ(parse("recovery - 10m").time, Millis(-600'000));
}

TEST(Condition, under_at_a_phase_may_stand_alone) {
    const auto moment = [](const std::string& text) {
        const auto file = std::make_shared<const SourceFile>(SourceFile{"test", text});
        Diagnostics out;
        return parse_moment(Text{text, Span{file, 0, text.size()}}, out).value_or(Condition{}).kind;
    };
    EXPECT_EQ(moment("recovery"), Kind::phase);
    EXPECT_EQ(moment("day-3"), Kind::at);
    EXPECT_EQ(moment("manual"), Kind::none);
    EXPECT_EQ(moment("defaced holds"), Kind::none);
    EXPECT_EQ(moment("T+{{ round }}m"), Kind::open);
}

TEST(Condition, with_expressions_it_is_read_when_they_are_known) {
    const auto open = parse("{{ 2 * round }}m after call-{{ round }}");
    ASSERT_EQ(open.kind, Kind::open);
    Diagnostics out;
    const auto c = resolved(
        open, [](const Text&) { return std::string("4m after call-2"); }, out);
    EXPECT_EQ(c.kind, Kind::after);
    EXPECT_EQ(c.ref.value, "call-2");
    EXPECT_EQ(c.time, Millis(240'000));
    EXPECT_EQ(resolved(
                  open, [](const Text&) { return std::nullopt; }, out)
                  .kind,
              Kind::none);
    EXPECT_TRUE(out.empty());
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

TEST(Condition, grades_failures_and_what_is_left) {
    const auto grade = parse("report incident graded below 62.5%");
    EXPECT_EQ(grade.kind, Kind::grade);
    EXPECT_EQ(grade.ref.value, "incident");
    EXPECT_EQ(grade.what, "below");
    EXPECT_EQ(grade.milli, 625);
    EXPECT_EQ(parse("2m after guessed failed").what, "failed");
    EXPECT_EQ(parse("otherwise").kind, Kind::otherwise);
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
    for (const auto* text : {"",
                             "T+",
                             "T+5",
                             "after",
                             "5m",
                             "x holds for",
                             "x holds for 5",
                             "check",
                             "check x",
                             "check x down for",
                             "check x broken",
                             "report",
                             "score",
                             "score below",
                             "score below x",
                             "phase",
                             "manual now",
                             "5m after",
                             "x y z",
                             "ENDEX-",
                             "ENDEX 5m",
                             "STARTEX - 5m",
                             "T+5m now",
                             "Now+5m",
                             "day-2 + soon",
                             "report x graded",
                             "report x graded above",
                             "report x graded above 120%",
                             "report x graded above 5"})
        EXPECT_EQ(parse(text, 1).kind, Kind::none) << text;
}

} // namespace
} // namespace testudo::template_
