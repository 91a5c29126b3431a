#include "orchestrator/exercise/view.hpp"

#include "tests/exercise/play.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;

const Audience instructor{"instructor", ""};
const Audience north{"team", "north"};
const Audience south{"team", "south"};
const Audience everybody{"public", ""};

// Every text that one audience only may see carries a marker.
plan::Plan marked_plan() {
    auto plan = plan::sample_plan();
    plan.injects[1].title = "RED-TITLE";
    plan.injects[1].objective = "RED-OBJECTIVE";
    plan.injects[2].title = "WHITE-TITLE";
    for (auto& m : plan.machines) {
        if (m.team == "south")
            m.title = "SOUTH-MACHINE";
        if (m.team == "red")
            m.title = "RED-MACHINE";
    }
    return plan;
}

struct Seen {
    std::string text;
    json::object view;
};

Seen look(const Play& p, const Audience& audience) {
    ViewOptions options;
    options.password = [](const std::string& credential) { return "PASSWORD-OF-" + credential; };
    auto view = build_view(p.engine->projection(), audience, options);
    auto text = json::serialize(view) + json::serialize(moments_json(p.engine->projection(), audience));
    if (audience.role != "public") // which may not ask why
        text += json::serialize(
            why_json(p.engine->projection(), audience.team.empty() ? "north" : audience.team, audience));
    return {std::move(text), std::move(view)};
}

void expect_no_null(const json::value& value, const std::string& path) {
    EXPECT_FALSE(value.is_null()) << path;
    if (value.is_object())
        for (const auto& member : value.get_object())
            expect_no_null(member.value(), path + "/" + std::string(member.key()));
}

class Views : public testing::Test {
  protected:
    Play p{marked_plan()};
    void SetUp() override {
        p.begin();
        p.run_to(3min);
        p.guests.broken["198.18.12.80"] = {"fail", "SOUTH-REASON"};
        ASSERT_TRUE(p.engine->file_report("south", {"incident", "advisory@south", "south", "SOUTH-REPORT"}));
        ASSERT_TRUE(p.engine->file_report("north", {"incident", "advisory@north", "north", "NORTH-REPORT"}));
        ASSERT_TRUE(p.engine->grade("r-1", {{"facts", 10'000}}, "SOUTH-COMMENT", "white"));
        p.run_to(8min);
    }
};

TEST_F(Views, nobody_sees_what_is_not_theirs) {
    const auto has = [&](const Audience& audience, const std::string& marker) {
        return look(p, audience).text.find(marker) != std::string::npos;
    };
    for (const auto* marker :
         {"RED-TITLE", "RED-OBJECTIVE", "RED-MACHINE", "WHITE-TITLE", "SOUTH-MACHINE", "SOUTH-REASON", "SOUTH-REPORT",
          "SOUTH-COMMENT", "south/defender", "T1491.002", "deface", "portal@south", "advisory@south"}) {
        EXPECT_FALSE(has(north, marker)) << marker;
        EXPECT_FALSE(has(everybody, marker)) << marker;
    }
    for (const auto* marker : {"NORTH-REPORT", "PASSWORD", "Portal answers on HTTP", "portal@north"})
        EXPECT_FALSE(has(everybody, marker)) << marker;
    for (const auto* marker : {"NORTH-REPORT", "PASSWORD-OF-north/defender", "advisory@north"})
        EXPECT_TRUE(has(north, marker)) << marker;
    for (const auto* marker : {"SOUTH-REASON", "SOUTH-REPORT", "SOUTH-COMMENT", "SOUTH-MACHINE"})
        EXPECT_TRUE(has(south, marker)) << marker;
    for (const auto* marker : {"RED-TITLE", "RED-MACHINE", "SOUTH-REPORT", "NORTH-REPORT", "T1491.002"}) {
        EXPECT_TRUE(has(white, marker)) << marker;
        EXPECT_TRUE(has(instructor, marker)) << marker;
    }
    EXPECT_TRUE(has(white, "PASSWORD-OF-south/defender"));
    EXPECT_FALSE(has(instructor, "PASSWORD"));
}

TEST_F(Views, a_team_learns_what_is_asked_for_with_its_grade) {
    const auto graded = look(p, south).view.at("reports").as_object();
    EXPECT_TRUE(graded.begin()->value().as_object().contains("rubric"));
    const auto waiting = look(p, north).view.at("reports").as_object();
    EXPECT_FALSE(waiting.begin()->value().as_object().contains("rubric"));
    const auto all = look(p, white).view.at("reports").as_object();
    for (const auto& report : all)
        EXPECT_TRUE(report.value().as_object().contains("rubric")) << report.key();
}

TEST(View, shows_a_machine_to_whom_the_plan_says_and_the_login_to_whom_may_open_its_console) {
    auto plan = marked_plan();
    for (auto& m : plan.machines) {
        if (m.id == "portal@north")
            m.seen_by = {"white"};
        if (m.id == "portal@south")
            m.seen_by = m.console = {"white", "north", "instructor"};
        if (m.id == "crow")
            m.seen_by = {"white", "north", "south"};
    }
    Play p(plan);
    p.begin();
    const auto machines = [&p](const Audience& audience) { return look(p, audience).view.at("machines").as_object(); };
    const auto logs_in = [](const json::object& all, std::string_view id) {
        return all.at(id).as_object().contains("login");
    };
    EXPECT_FALSE(machines(north).contains("portal@north"));
    EXPECT_FALSE(machines(south).contains("portal@south"));
    EXPECT_TRUE(logs_in(machines(north), "portal@south"));
    EXPECT_TRUE(machines(south).contains("crow"));
    EXPECT_FALSE(logs_in(machines(south), "crow")) << "to know of it is not to open it";
    EXPECT_EQ(look(p, south).text.find("portal@south"), std::string::npos);
    for (const auto* id : {"portal@north", "portal@south", "crow"}) {
        EXPECT_TRUE(machines(white).contains(id)) << id;
        EXPECT_TRUE(machines(instructor).contains(id)) << id;
    }
    EXPECT_TRUE(logs_in(machines(white), "portal@north"));
    EXPECT_TRUE(logs_in(machines(instructor), "portal@south"));
    EXPECT_FALSE(logs_in(machines(instructor), "portal@north"));
}

TEST_F(Views, hold_no_null_and_speak_of_one_prefix_of_the_log) {
    for (const auto& audience : {white, instructor, north, everybody}) {
        const auto view = look(p, audience).view;
        expect_no_null(view, "");
        EXPECT_EQ(view.at("seq").to_number<std::uint64_t>(), p.store.last_seq());
    }
}

TEST_F(Views, patches_lead_from_one_to_the_next) {
    auto document = look(p, white).view;
    p.run_to(10min);
    const auto next = look(p, white).view;
    apply_merge_patch(document, merge_patch(document, next));
    EXPECT_EQ(document, next);
}

TEST_F(Views, the_last_point_of_the_history_is_the_board) {
    const auto view = look(p, everybody).view;
    for (const auto* team : {"north", "south"}) {
        std::int64_t last_at = -1;
        std::int64_t last = -1;
        for (const auto& point : view.at("history").at(team).as_object())
            if (const auto at = std::stoll(std::string(point.key())); at > last_at) {
                last_at = at;
                last = point.value().as_int64();
            }
        EXPECT_EQ(last, view.at("teams").at(team).at("score_milli").as_int64());
    }
}

TEST_F(Views, an_inject_is_as_far_as_its_least_advanced_team) {
    const auto view = look(p, white).view;
    const auto& injects = view.at("injects").as_object();
    EXPECT_EQ(injects.at("defaced").at("state"), "completed");
    EXPECT_EQ(injects.at("defaced").at("teams").at("north").at("effect"), "holds");
    EXPECT_EQ(injects.at("defaced").at("teams").at("north").at("outcome"), "ok");
    EXPECT_EQ(injects.at("advisory").at("at_ms"), 60'000);
    EXPECT_EQ(injects.at("press-call").at("state"), "completed");
    ASSERT_TRUE(p.engine->end("white"));
}

TEST_F(Views, moments_are_there_for_the_time_bar) {
    const auto moments = moments_json(p.engine->projection(), white);
    EXPECT_EQ(moments.at("duration_ms"), p.engine->projection().last_ms()) << "a recording ends where its log does";
    EXPECT_GE(p.engine->projection().last_ms(), moments.at("markers").as_array().back().at("at_ms").as_int64());
    std::set<std::string> kinds;
    for (const auto& m : moments.at("markers").as_array())
        kinds.insert(std::string(m.at("kind").as_string()));
    EXPECT_EQ(kinds, (std::set<std::string>{"exercise", "phase", "inject", "effect", "outage", "report"}));
}

TEST_F(Views, the_log_speaks_in_words) {
    std::set<std::string> lines;
    for (const auto& line : p.engine->projection().log())
        lines.insert(line.text);
    EXPECT_TRUE(lines.contains("STARTEX, by white"));
    EXPECT_TRUE(lines.contains("National CERT to North: Attacks on ports"));
    EXPECT_TRUE(lines.contains("RED-TITLE of North: the effect holds (looked at)"));
    const auto samples = std::count_if(p.engine->projection().log().begin(), p.engine->projection().log().end(),
                                       [](const LogLine& l) { return l.kind == "check.sample"; });
    EXPECT_LT(samples, 15) << "probes that change nothing are no news";
}

TEST_F(Views, a_replay_shows_a_moment_as_it_was) {
    const auto replay = Replay::open(p.store);
    ASSERT_TRUE(replay);
    const auto then = replay->at(90s);
    ViewOptions options;
    options.replay = true;
    options.at = 90s;
    const auto view = build_view(then, white, options);
    EXPECT_EQ(view.at("exercise").at("clock").at("exercise_ms"), 90'000);
    EXPECT_EQ(view.at("exercise").at("clock").at("running"), false);
    EXPECT_EQ(view.at("exercise").at("clock").at("wall_ms"), replay->now().wall_start_ms() + 90'000);
    EXPECT_EQ(view.at("injects").at("defaced").at("state"), "scheduled");
    EXPECT_EQ(view.at("injects").at("defaced").at("at_ms"), 120'000);
    EXPECT_TRUE(view.at("reports").as_object().empty());
    EXPECT_EQ(replay->at(0s).state().run(), Run::running);
    EXPECT_EQ(replay->at(99h).state().seq(), p.store.last_seq());
}

TEST_F(Views, a_replay_without_an_end_stands_still_at_its_last_event) {
    p.crash();
    const auto replay = Replay::open(p.store);
    ASSERT_TRUE(replay);
    ViewOptions options;
    options.replay = true;
    const auto view = build_view(replay->now(), everybody, options);
    const auto& clock = view.at("exercise").at("clock").as_object();
    const auto last = replay->events().back();
    EXPECT_GT(last.exercise_ms, 0);
    EXPECT_EQ(clock.at("exercise_ms"), last.exercise_ms);
    EXPECT_EQ(clock.at("wall_ms"), last.wall_ms);
    EXPECT_EQ(clock.at("running"), false);
}

TEST(View, says_where_provisioning_is) {
    Play p;
    for (const auto* machine : {"crow", "gate@north"})
        p.guests.lose(machine);
    p.open();
    p.engine->machine_state("crow", "booting", "waits for its agent");
    p.loop.drain();
    const auto view = build_view(p.engine->projection(), white);
    EXPECT_EQ(view.at("exercise").at("state"), "provisioning");
    EXPECT_EQ(view.at("machines").at("crow").at("state"), "booting");
    EXPECT_EQ(view.at("machines").at("gate@north").at("state"), "planned");
    EXPECT_EQ(view.at("matrix").at("north").at("portal").at("state"), "pending");
    EXPECT_FALSE(view.at("machines").at("portal@north").as_object().contains("login"));
}

} // namespace
} // namespace testudo::exercise
