#include "orchestrator/rehearse/rehearsal.hpp"

#include <algorithm>
#include <gmock/gmock.h>

#include "orchestrator/plan/make.hpp"
#include "orchestrator/rehearse/summary.hpp"
#include "orchestrator/template/load.hpp"
#include "tests/plan/sample_plan.hpp"

namespace testudo::rehearse {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Rehearsal rehearsed(const plan::Plan& plan) {
    auto rehearsal = rehearse(plan, {all_behaviours.begin(), all_behaviours.end()});
    EXPECT_TRUE(rehearsal);
    return *rehearsal;
}

plan::Plan harbour_shield() {
    auto loaded = template_::load(TESTUDO_SOURCE_DIR "/range-templates/harbour-shield/range.yaml");
    auto plan = plan::make(loaded.template_, loaded.diagnostics);
    for (const auto& d : loaded.diagnostics)
        if (d.severity == Severity::error)
            ADD_FAILURE() << render(d);
    return plan.value_or(plan::Plan{});
}

const Rehearsal& the_harbour() {
    static const auto rehearsal = rehearsed(harbour_shield());
    return rehearsal;
}

std::string first(const Rehearsal& r, std::size_t run, const std::string& inject) {
    const auto fired = fired_in(r, r.runs[run]);
    for (std::size_t i = 0; i < fired.size(); ++i)
        if (r.plan.injects[i].id == inject)
            return text_of(fired[i]);
    return "no such inject";
}

std::string why(const Rehearsal& r, std::size_t run, const std::string& inject) {
    for (const auto& missed : missed_in(r.runs[run]))
        if (r.plan.injects[missed.inject].id == inject)
            return missed.why;
    return "";
}

constexpr std::size_t perfect = 0;
constexpr std::size_t average = 1;
constexpr std::size_t absent = 2;

TEST(HarbourShieldRehearsed, the_better_the_teams_the_better_their_scores) {
    const auto& r = the_harbour();
    ASSERT_EQ(r.runs.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto& score = r.runs[perfect].scores[i];
        EXPECT_GT(score.total_milli, r.runs[average].scores[i].total_milli) << score.team;
        EXPECT_GT(r.runs[average].scores[i].total_milli, r.runs[absent].scores[i].total_milli) << score.team;
    }
    EXPECT_EQ(contribution_of(r.runs[perfect], "reports").least, 150'000) << "full marks, in time";
    EXPECT_EQ(contribution_of(r.runs[absent], "reports").most, 0) << "nothing was filed";
    EXPECT_EQ(contribution_of(r.runs[absent], "restoration").most, 20'000)
        << "nothing was restored; office-stopped alone did not happen to them";
    EXPECT_EQ(total_of(r.runs[absent]).least, total_of(r.runs[absent]).most) << "absent teams are all alike";
}

TEST(HarbourShieldRehearsed, the_timeline_is_as_it_is_written) {
    const auto& r = the_harbour();
    for (const auto run : {perfect, average, absent}) {
        EXPECT_EQ(first(r, run, "defaced"), "T+00:02:00");
        EXPECT_EQ(first(r, run, "planted"), "T+00:05:00") << "a minute after guessed";
    }
    EXPECT_EQ(first(r, perfect, "press-call"), "never");
    EXPECT_EQ(why(r, perfect, "press-call"), "defaced held for 10s at most, not 2m");
    EXPECT_EQ(first(r, absent, "press-call"), "T+00:04:00");
    EXPECT_EQ(first(r, perfect, "office-stopped"), "T+00:04:10")
        << "seen gone after ten seconds, and two minutes later";
    EXPECT_EQ(why(r, absent, "office-stopped"), "defaced was never repaired");
    EXPECT_EQ(first(r, absent, "db-stopped"), "T+00:18:00") << "no incident was reported";
    EXPECT_EQ(first(r, perfect, "db-stopped"), "never");
    EXPECT_THAT(why(r, perfect, "db-stopped"), HasSubstr("report incident"));
    EXPECT_TRUE(r.never.empty()) << "every branch is taken by somebody";
    ASSERT_EQ(r.phases.size(), 3U);
    EXPECT_EQ(r.phases[1].to_ms - r.phases[1].from_ms, Millis(10min).count());
}

TEST(HarbourShieldRehearsed, reports_are_counted_and_graded_one_after_another) {
    const auto& r = the_harbour();
    // Perfect teams hear nothing from the press: two messages ask them for a report, three the others.
    EXPECT_EQ(r.findings[perfect].reports.asked, 6U);
    EXPECT_EQ(r.findings[perfect].reports.in_time, 6U);
    EXPECT_EQ(r.findings[absent].reports.asked, 9U);
    EXPECT_EQ(r.findings[absent].reports.missing, 9U);
    std::vector<std::int64_t> graded;
    for (const auto& one : r.runs[perfect].awaited)
        graded.push_back(one.graded_ms);
    std::sort(graded.begin(), graded.end());
    EXPECT_GE(graded[1] - graded[0], Millis(3min).count());
}

TEST(HarbourShieldRehearsed, says_the_same_every_time) {
    const auto again = rehearse(harbour_shield(), {Behaviour::average});
    ASSERT_TRUE(again);
    const auto average_of = [](const Rehearsal& r) {
        return json::serialize(to_json(r).at("rehearsals").at("average"));
    };
    EXPECT_EQ(average_of(the_harbour()), average_of(*again));
}

TEST(HarbourShieldRehearsed, the_page_needs_nothing_from_elsewhere) {
    const auto page = to_html(the_harbour());
    for (const auto* foreign : {"<script", "http:", "https:", "url(", "@import", "<link", "<img"})
        EXPECT_THAT(page, Not(HasSubstr(foreign)));
    EXPECT_THAT(page, HasSubstr("prefers-color-scheme: dark"));
    EXPECT_THAT(page, HasSubstr("EXERCISE UNCLASSIFIED REL EST FIN LTU LVA SWE"));
}

// --- the small plan, changed for each story --------------------------------------------------------------------------

TEST(Rehearsal, is_the_same_byte_for_byte) {
    const auto r = rehearsed(plan::sample_plan());
    const auto again = rehearsed(plan::sample_plan());
    EXPECT_EQ(to_text(r), to_text(again));
    EXPECT_EQ(json::serialize(to_json(r)), json::serialize(to_json(again)));
    EXPECT_EQ(to_html(r), to_html(again));
}

TEST(Rehearsal, a_draft_never_fires_and_what_waits_for_it_neither) {
    auto plan = plan::sample_plan();
    plan.injects[1].approved = false;
    const auto r = rehearsed(plan);
    EXPECT_EQ(why(r, absent, "defaced"), "it is a draft; only what is approved fires");
    EXPECT_EQ(why(r, absent, "press-call"), "defaced never took hold");
    ASSERT_EQ(r.never.size(), 2U);
    EXPECT_THAT(to_text(r), HasSubstr("defaced fires in none of these rehearsals: it is a draft"));
}

TEST(Rehearsal, a_proposal_never_fires_and_is_listed) {
    auto plan = plan::sample_plan();
    plan.injects[1].approved = false;
    plan.injects[1].proposed = true;
    const auto r = rehearsed(plan);
    EXPECT_EQ(why(r, absent, "defaced"), "it is only proposed; only what is approved fires");
    EXPECT_THAT(to_text(r), HasSubstr("defaced fires in none of these rehearsals: it is only proposed"));
    EXPECT_EQ(to_json(r).at("injects").at(1).at("approval").as_string(), "proposed");
}

TEST(Rehearsal, what_needs_a_hand_is_fired_by_a_simulated_controller_and_listed) {
    auto plan = plan::sample_plan();
    plan.injects[0].when = {plan::When::Kind::manual, Millis(0), "", "", 0, {}, "manual"};
    const auto r = rehearsed(plan);
    ASSERT_EQ(r.by_hand.size(), 1U);
    EXPECT_EQ(first(r, perfect, "advisory"), "T+00:15:00");
    EXPECT_EQ(r.findings[perfect].load[3].controllers.at("white").by_hand, 1U);
    EXPECT_THAT(to_text(r), HasSubstr("advisory needs a controller (white); here it was fired by hand at T+00:15:00"));
}

TEST(Rehearsal, two_effects_on_one_machine_collide) {
    auto plan = plan::sample_plan();
    auto second = plan.injects[1];
    second.id = "defaced-again";
    second.when.time = Millis(5min);
    for (auto& target : second.targets)
        target.params["text"] = "Still ours";
    plan.injects.push_back(second);
    const auto r = rehearsed(plan);
    EXPECT_TRUE(r.findings[perfect].collisions.empty());
    ASSERT_EQ(r.findings[absent].collisions.size(), 1U);
    const auto& collision = r.findings[absent].collisions[0];
    EXPECT_EQ(collision.machines, (std::vector<std::string>{"portal@north", "portal@south"}));
    EXPECT_EQ(collision.at_ms, Millis(5min).count());
    EXPECT_EQ(collision.longest_ms, Millis(25min).count());
}

TEST(Rehearsal, finds_crowds_and_long_silence) {
    auto plan = plan::sample_plan();
    for (int i = 0; i < 5; ++i) {
        auto note = plan.injects[0];
        note.id = "note-" + std::to_string(i);
        note.when.time = Millis(10min) + i * Millis(5s);
        plan.injects.push_back(note);
    }
    const auto r = rehearsed(plan);
    const auto& found = r.findings[perfect];
    ASSERT_EQ(found.crowded.size(), 2U);
    EXPECT_EQ(found.crowded[0].count, 5U);
    EXPECT_EQ(found.crowded[0].from_ms, Millis(10min).count());
    ASSERT_EQ(found.longest_quiet.size(), 2U);
    EXPECT_EQ(found.longest_quiet[0].from_ms, Millis(10min + 20s).count());
    EXPECT_EQ(found.longest_quiet[0].to_ms, Millis(30min).count());
}

TEST(Rehearsal, a_category_in_which_nothing_is_at_stake_is_remarked) {
    auto plan = plan::sample_plan();
    plan.injects[1].restore_milli = 0;
    EXPECT_THAT(to_text(rehearsed(plan)),
                HasSubstr("category restoration weighs 100.0 points, but nothing is at stake"));
}

TEST(Rehearsal, tells_what_users_got) {
    auto plan = plan::sample_plan();
    EXPECT_THAT(to_text(rehearsed(plan)), Not(HasSubstr("What users got")));
    plan.users.push_back({"staff", "Office staff"});
    for (const auto* team : {"north", "south"}) {
        auto check = *plan::find_check(plan, "portal-answers@" + std::string(team));
        check.name = "staff-portal-web";
        check.id = check.name + "@" + team;
        check.users = "staff";
        check.weight_milli = 0;
        check.twin = check.second_vantage = "";
        plan.checks.push_back(check);
    }
    const auto r = rehearsed(plan);
    ASSERT_EQ(r.runs[absent].users.size(), 2U);
    EXPECT_GT(r.runs[absent].users[0].got.asked, 20);
    EXPECT_LT(r.runs[absent].users[0].got.milli, r.runs[perfect].users[0].got.milli) << "nobody mended the portal";
    EXPECT_THAT(to_text(r), HasSubstr("What users got of all they asked for"));
    EXPECT_THAT(to_html(r), AllOf(HasSubstr("<h2>What users got</h2>"), HasSubstr("Office staff")));
    EXPECT_THAT(to_html(rehearsed(plan::sample_plan())), Not(HasSubstr("What users got")));
    for (const auto& line : served_alike(r, "staff"))
        EXPECT_THAT(to_html(r), HasSubstr("<td class=\"n\">" + line.shares[absent] + "</td>"));
    EXPECT_EQ(to_json(r).at("rehearsals").at("absent").at("users").at(1).at("team").as_string(), "south");
    for (std::size_t run = 0; run < 3; ++run)
        EXPECT_EQ(r.runs[run].scores[0].total_milli, rehearsed(plan::sample_plan()).runs[run].scores[0].total_milli)
            << "users cost nothing";
}

TEST(Rehearsal, lots_are_drawn_from_names) {
    const auto plan = plan::sample_plan();
    const auto& inject = plan.injects[1];
    const auto north = repair_delay(Behaviour::average, plan, inject, "north");
    EXPECT_EQ(north, repair_delay(Behaviour::average, plan, inject, "north"));
    EXPECT_NE(north, repair_delay(Behaviour::average, plan, inject, "south"));
    EXPECT_GE(*north, inject.restore_target / 5);
    EXPECT_LE(*north, inject.restore_target * 2);
}

} // namespace
} // namespace testudo::rehearse
