#include "tests/exercise/play.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;
using plan::When;

// The sample plan: injects are "advisory" (a message at T+1m), "defaced" (an action at T+2m) and "press-call" (a
// message).
plan::Plan sample_where(const std::function<void(plan::Plan&)>& change) {
    auto plan = plan::sample_plan();
    change(plan);
    return plan;
}

When when(When::Kind kind, const std::string& ref, const std::string& what, std::int64_t milli = 0) {
    return {kind, Millis(0), ref, what, milli, {}, ""};
}

When press_when(When w, std::vector<When> all = {}) {
    if (all.empty())
        return w;
    all.push_back(std::move(w));
    return {When::Kind::all, Millis(0), "", "", 0, std::move(all), ""};
}

TEST(Injects, held_from_the_start_wait_for_release) {
    Play p(sample_where([](plan::Plan& plan) { plan.injects[0].held = true; }));
    p.open();
    EXPECT_EQ(p.stage_of("advisory", "north"), "held");
    ASSERT_TRUE(p.engine->start("white"));
    p.run_to(90s);
    EXPECT_EQ(p.stage_of("advisory", "north"), "held");
    ASSERT_TRUE(p.engine->release("advisory", "north", "white", "now"));
    p.loop.drain();
    EXPECT_EQ(p.stage_of("advisory", "north"), "completed") << "its time has passed, so it fires at once";
    EXPECT_EQ(p.stage_of("advisory", "south"), "held");
}

TEST(Injects, messages_come_in_the_language_of_the_team_and_say_how_they_come) {
    Play p(sample_where([](plan::Plan& plan) {
        plan.teams[1].language = "fi";
        plan.injects[0].channel = "call";
        plan.injects[0].translations = {{"en", "Hello", "One"}, {"fi", "Terve", "Yksi"}};
    }));
    p.begin();
    p.run_to(61s);
    const auto& messages = p.engine->projection().state().messages();
    EXPECT_EQ(messages.at("advisory@south").subject, "Terve");
    EXPECT_EQ(messages.at("advisory@south").body, "Yksi");
    EXPECT_NE(messages.at("advisory@north").subject, "Terve");
    EXPECT_EQ(messages.at("advisory@north").channel, "call");
    const auto view = build_view(p.engine->projection(), {"team", "south"}, {});
    EXPECT_EQ(text_or(view.at("inbox").at("advisory@south").as_object(), "channel"), "call");
}

TEST(Injects, may_wait_for_an_action_that_fails) {
    Play p(sample_where([](plan::Plan& plan) {
        plan.injects[2].when = when(When::Kind::after, "defaced", "failed");
        plan.injects[2].per_team = true;
    }));
    p.begin();
    p.guests.failing_actions.insert("deface");
    ASSERT_TRUE(p.engine->fire("defaced", "north", "red"));
    p.run_to(1s);
    p.guests.failing_actions.clear();
    p.run_to(3min);
    EXPECT_EQ(p.stage_of("press-call", "north"), "completed");
    EXPECT_EQ(p.stage_of("press-call", "south"), "scheduled");
}

TEST(Injects, may_wait_for_a_grade) {
    Play p(sample_where([](plan::Plan& plan) {
        plan.injects[2].when = when(When::Kind::grade, "incident", "below", 500);
        plan.injects[2].per_team = true;
    }));
    p.begin();
    p.run_to(61s);
    const auto rubric = plan::sample_plan().injects[0].expects.rubric.items;
    ASSERT_FALSE(rubric.empty());
    for (const auto& [team, share] : {std::pair<std::string, std::int64_t>{"north", 600}, {"south", 400}}) {
        const auto report = p.engine->file_report(team, {"incident", "advisory@" + team, team, "Seen."});
        ASSERT_TRUE(report);
        json::object grades;
        for (const auto& item : rubric)
            grades[item.id] = item.max_milli * share / 1000;
        ASSERT_TRUE(p.engine->grade(*report, grades, "", "white"));
    }
    p.loop.drain();
    EXPECT_EQ(p.stage_of("press-call", "north"), "scheduled");
    EXPECT_EQ(p.stage_of("press-call", "south"), "completed");
}

TEST(Injects, only_one_way_of_a_choice_is_taken) {
    const auto made = When{When::Kind::at, Millis(100'000), "", "", 0, {}, ""};
    const auto report = when(When::Kind::report, "incident", "");
    const auto no = [](When w) { return When{When::Kind::negation, Millis(0), "", "", 0, {std::move(w)}, ""}; };
    Play p(sample_where([&](plan::Plan& plan) {
        plan.injects[0].when = press_when(no(when(When::Kind::after, "press-call", "fired")), {made, report});
        plan.injects[2].when = press_when(no(when(When::Kind::after, "advisory", "fired")), {made, no(report)});
        plan.injects[0].per_team = plan.injects[2].per_team = true;
    }));
    p.begin();
    p.run_to(50s);
    ASSERT_TRUE(p.engine->file_report("north", {"incident", "", "north", "Seen."}));
    p.run_to(101s);
    ASSERT_TRUE(p.engine->file_report("south", {"incident", "", "south", "Seen, too late."}));
    p.run_to(200s);
    EXPECT_EQ(p.stage_of("advisory", "north"), "completed");
    EXPECT_EQ(p.stage_of("press-call", "north"), "scheduled");
    EXPECT_EQ(p.stage_of("advisory", "south"), "scheduled");
    EXPECT_EQ(p.stage_of("press-call", "south"), "completed");
}

TEST(Checks, are_not_made_while_they_pause_and_nothing_is_charged) {
    Play p(sample_where([](plan::Plan& plan) {
        for (auto& check : plan.checks)
            check.pauses = {{Millis(25'000), Millis(60'000)}, {Millis(55'000), Millis(75'000)}};
    }));
    p.begin();
    p.guests.broken["198.18.11.80"] = {"fail", "refused"};
    p.run_to(19s);
    p.guests.broken["198.18.11.80"] = {"pass", ""};
    p.run_to(100s);
    std::set<std::int64_t> windows;
    for (const auto& e : p.log())
        if (e.kind == "check.sample")
            windows.insert(int_or(e.body, "window"));
    EXPECT_EQ(windows, (std::set<std::int64_t>{0, 1, 8, 9})) << "those that the pauses touch are left out";
}

TEST(Checks, sign_in_with_each_account_in_turn) {
    Play p(sample_where([](plan::Plan& plan) {
        for (auto& check : plan.checks)
            check.accounts = {{"anna", "a1"}, {"berta", "b1"}};
    }));
    p.begin();
    p.run_to(30s);
    std::map<std::string, int> users;
    for (const auto& s : p.guests.sent)
        if (s.op == "probe")
            ++users[text_or(object_or_empty(s.body, "params"), "user")];
    EXPECT_EQ(users["anna"], 12) << "windows 0 and 2 of six checks";
    EXPECT_EQ(users["berta"], 6);
}

TEST(Checks, tell_a_team_no_reason_that_is_not_for_it) {
    for (const bool told : {true, false}) {
        Play p(sample_where([&](plan::Plan& plan) {
            for (auto& check : plan.checks)
                check.tell = told ? "" : "white";
        }));
        p.guests.broken["198.18.11.80"] = {"fail", "SECRET-REASON"};
        p.begin();
        p.run_to(60s);
        const auto& projection = p.engine->projection();
        const Audience team{"team", "north"};
        const auto sees = [](const json::object& what) {
            return json::serialize(what).find("SECRET-REASON") != std::string::npos;
        };
        EXPECT_TRUE(sees(build_view(projection, white, {})));
        EXPECT_TRUE(sees(why_json(projection, "north", white)));
        EXPECT_EQ(sees(build_view(projection, team, {})), told);
        EXPECT_EQ(sees(why_json(projection, "north", team)), told);
    }
}

} // namespace
} // namespace testudo::exercise
