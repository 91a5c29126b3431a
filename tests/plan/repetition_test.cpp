#include <gmock/gmock.h>

#include "tests/plan/planned.hpp"

namespace testudo::plan {
namespace {

using testing::ElementsAre;

const std::string web = "rules:\n  - { at: gate, allow: [internet -> portal.web] }\n"
                        "checks:\n  web: { from: internet, of: portal.web, ask: { path: / } }\n"
                        "phases: { attack: { at: T+2m }, recovery: { at: attack + 4m } }\n";
const std::string message = "from: C, subject: S, body: B";

Plan with(const std::string& timeline) {
    return planned(small_range + web + "timeline:\n" + timeline);
}

std::vector<std::string> ids(const Plan& plan) {
    std::vector<std::string> out;
    for (const auto& inject : plan.injects)
        out.push_back(inject.id);
    return out;
}

std::vector<std::string> whens(const Plan& plan) {
    std::vector<std::string> out;
    for (const auto& inject : plan.injects)
        out.push_back(inject.when.text);
    return out;
}

TEST(Repetition, times_are_put_off_one_after_another) {
    const auto plan = with("  - { message: a, at: T+1m, repeat: { every: 2m, times: 3 }, " + message + " }\n");
    EXPECT_THAT(ids(plan), ElementsAre("a-1", "a-2", "a-3"));
    EXPECT_THAT(whens(plan), ElementsAre("T+1m", "T+3m", "T+5m"));
    EXPECT_EQ(plan.injects[2].when.time, Millis(300'000));
    EXPECT_EQ(plan.injects[2].when.kind, When::Kind::at);
}

TEST(Repetition, it_ends_at_a_time_or_with_the_exercise) {
    EXPECT_EQ(with("  - { message: a, at: T+1m, repeat: { every: 2m }, " + message + " }\n").injects.size(), 5U);
    EXPECT_EQ(with("  - { message: a, at: T+1m, repeat: { every: 2m, until: ENDEX - 5m }, " + message + " }\n")
                  .injects.size(),
              3U);
    EXPECT_EQ(with("  - { message: a, at: T+1m, repeat: { every: 2m, until: recovery, times: 2 }, " + message + " }\n")
                  .injects.size(),
              2U);
}

TEST(Repetition, of_a_condition_follows_the_first_time) {
    const auto plan = with("  - { action: stop-service, id: s, at: T+2m, on: portal.web }\n"
                           "  - { message: a, when: s holds, repeat: { every: 3m, until: s gone }, " +
                           message + " }\n");
    EXPECT_THAT(ids(plan), ElementsAre("s", "a-1", "a-2", "a-3")) << "no more fit between T+2m and the end";
    const auto& second = plan.injects[2];
    EXPECT_EQ(second.when.text, "3m after a-1 fired and not s gone");
    EXPECT_TRUE(second.per_team);
    EXPECT_EQ(second.when.parts.at(0).ref, "a-1");
    EXPECT_EQ(second.when.parts.at(0).what, "fired");
}

TEST(Repetition, for_each_of_a_list) {
    const auto plan = with(
        "  - { message: \"call-{{ item }}\", each: [north, south], to: \"{{ item }}\", at: \"T+{{ 2 * number }}m\",\n"
        "      from: C, subject: \"For {{ item }}\", body: \"{{ number }} of 2\" }\n");
    EXPECT_THAT(ids(plan), ElementsAre("call-north", "call-south"));
    EXPECT_THAT(whens(plan), ElementsAre("T+2m", "T+4m"));
    EXPECT_THAT(plan.injects[1].teams, ElementsAre("south"));
    EXPECT_EQ(plan.injects[1].subject, "For south");
    EXPECT_EQ(plan.injects[1].body, "2 of 2");
}

TEST(Repetition, for_each_row_and_each_combination) {
    const auto rows =
        with("  - { message: a, each: [{ who: Line, ship: Kestrel }, { who: Pilots, ship: Heron }], at: T+1m,\n"
             "      from: \"{{ who }}\", subject: \"{{ ship }}\", body: B }\n");
    EXPECT_THAT(ids(rows), ElementsAre("a-1", "a-2"));
    EXPECT_EQ(rows.injects[1].from, "Pilots");
    EXPECT_EQ(rows.injects[1].subject, "Heron");
    const auto all =
        with("  - { action: deface, id: \"d-{{ page }}-{{ hour }}\", each: { page: [a, b], hour: 1..3 },\n"
             "      at: \"T+{{ hour }}m\", on: portal, with: { path: \"/{{ page }}\", text: \"{{ team.id }} {{ hour + "
             "team.number }}\" } }\n");
    EXPECT_THAT(ids(all), ElementsAre("d-a-1", "d-a-2", "d-a-3", "d-b-1", "d-b-2", "d-b-3"));
    EXPECT_EQ(json::serialize(all.injects[5].targets.at(1).params), R"({"path":"/b","text":"south 5"})");
}

TEST(Repetition, rounds_refer_to_their_own) {
    const auto plan =
        with("  - { action: stop-service, id: s, at: T+1m, repeat: { every: 4m, times: 2 }, on: portal.web }\n"
             "  - { message: a, each: 1..2, when: \"s-{{ item }} holds for {{ item }}m\", " +
             message + " }\n");
    EXPECT_THAT(whens(plan), ElementsAre("T+1m", "T+5m", "s-1 holds for 1m", "s-2 holds for 2m"));
}

TEST(Repetition, of_a_row_and_in_time_at_once) {
    const auto plan = with("  - { message: a, each: [x, y], at: T+1m, repeat: { every: 1m, times: 2 }, from: C,\n"
                           "      subject: \"{{ item }}{{ round }}{{ number }}\", body: B }\n");
    EXPECT_THAT(ids(plan), ElementsAre("a-1", "a-2", "a-3", "a-4"));
    EXPECT_EQ(plan.injects[2].subject, "y13");
    EXPECT_THAT(whens(plan), ElementsAre("T+1m", "T+2m", "T+1m", "T+2m"));
}

TEST(Moments, follow_days_phases_and_the_end) {
    const auto plan =
        with("  - { message: a, at: ENDEX - 3m, " + message + " }\n  - { message: b, at: recovery + 1m, " + message +
             " }\n  - { message: c, at: day-1 + 90s, " + message + " }\n  - { message: d, at: recovery - 1m, " +
             message + " }\n");
    EXPECT_EQ(plan.phases.at(1).at, Millis(360'000));
    EXPECT_EQ(plan.injects[0].when.time, Millis(420'000));
    EXPECT_EQ(plan.injects[1].when.kind, When::Kind::phase);
    EXPECT_EQ(plan.injects[1].when.ref, "recovery");
    EXPECT_EQ(plan.injects[2].when.time, Millis(90'000));
    EXPECT_EQ(plan.injects[3].when.time, Millis(-60'000));
}

TEST(Choice, ways_exclude_each_other) {
    const auto plan = with("  - { message: q, at: T+1m, " + message +
                           ", expects: { report: media, within: 2m, rubric: { x: 5 } } }\n"
                           "  - at: T+5m\n"
                           "    choose:\n"
                           "      - { message: thanks, when: report media, " +
                           message +
                           " }\n"
                           "      - { message: pity, when: otherwise, " +
                           message + " }\n");
    EXPECT_THAT(whens(plan), ElementsAre("T+1m", "T+5m, if report media", "T+5m, otherwise"));
    EXPECT_EQ(plan.injects[1].when.parts.size(), 3U) << "the time, the report, and that pity was not sent";
    EXPECT_EQ(plan.injects[2].when.parts.size(), 3U) << "the time, no report, and that thanks were not sent";
    EXPECT_TRUE(plan.injects[2].per_team);
}

TEST(Messages, speak_the_language_of_a_team) {
    auto text = small_range;
    text.replace(text.find("nations: [EST]"), 14, "nations: [EST], language: et");
    const auto plan =
        planned(text + "timeline:\n"
                       "  - { message: a, at: T+1m, kind: call, from: C, subject: { en: Hello, et: Tere },\n"
                       "      body: { en: One, et: \"{{ 1 + 1 }}\" }, expected: Answers }\n"
                       "  - { message: b, at: T+1m, from: C, subject: S, body: B }\n");
    const auto& call = plan.injects[0];
    EXPECT_EQ(call.channel, "call");
    EXPECT_EQ(call.expected, "Answers");
    EXPECT_EQ(call.subject, "Hello");
    ASSERT_NE(translation_for(plan, call, "north"), nullptr);
    EXPECT_EQ(translation_for(plan, call, "north")->subject, "Tere");
    EXPECT_EQ(translation_for(plan, call, "north")->body, "2");
    EXPECT_EQ(translation_for(plan, call, "south"), nullptr);
    EXPECT_EQ(translation_for(plan, plan.injects[1], "north"), nullptr);
    const auto again = plan_from_json(to_json(plan));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(to_json(*again), to_json(plan));
}

TEST(Objectives, and_roles_are_declared_once) {
    const auto plan =
        planned(small_range +
                "objectives: { press: Speak under pressure }\nroles: { cell: Media cell }\n"
                "timeline:\n  - { message: a, at: T+1m, objective: press, controller: cell, hold: true, " +
                message + " }\n");
    EXPECT_EQ(plan.injects[0].objective, "Speak under pressure");
    EXPECT_EQ(plan.injects[0].controller, "cell");
    EXPECT_TRUE(plan.injects[0].held);
}

TEST(Scale, twenty_thousand_injects_and_no_more) {
    const auto range = small_range + "timeline:\n";
    const auto big = range + "  - { message: a, each: { i: 1..200, j: 1..100 }, at: T+1m, " + message + " }\n";
    EXPECT_EQ(planned(big).injects.size(), 20'000U);
    EXPECT_THAT(codes(big + "  - { message: b, at: T+1m, " + message + " }\n"), ElementsAre("T1201"));
    const auto chain = range + "  - { message: \"a-{{ item }}\", each: 0..0, at: T+1m, " + message + " }\n" +
                       "  - { message: \"a-{{ item }}\", each: 1..5000, when: \"after a-{{ item - 1 }}\", " + message +
                       " }\n";
    EXPECT_EQ(planned(chain).injects.size(), 5'001U);
}

} // namespace
} // namespace testudo::plan
