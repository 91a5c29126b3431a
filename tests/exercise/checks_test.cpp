#include "orchestrator/exercise/view.hpp"
#include "tests/exercise/play.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;

TEST(Users, are_served_at_moments_drawn_by_lot_and_cost_nothing) {
    auto plan = plan::sample_plan();
    plan.users.push_back({"staff", "Staff"});
    for (const auto* team : {"north", "south"}) {
        auto check = *plan::find_check(plan, "portal-answers@" + std::string(team));
        check.name = "staff-portal-web";
        check.id = check.name + "@" + team;
        check.title = "Staff: portal.web";
        check.users = "staff";
        check.weight_milli = 0;
        check.twin = check.second_vantage = "";
        plan.checks.push_back(check);
    }
    const auto north = *plan::find_check(plan, "staff-portal-web@north");
    const auto south = *plan::find_check(plan, "staff-portal-web@south");
    std::set<std::int64_t> offsets;
    for (std::int64_t window = 0; window < 50; ++window) {
        const auto begin = Millis(window * north.period.count());
        const auto at = CheckRunner::instant("seed", north, window);
        EXPECT_GE(at, begin);
        EXPECT_LT(at, begin + north.period);
        EXPECT_EQ(at, CheckRunner::instant("seed", north, window)) << "the same in every run";
        EXPECT_NE(at, CheckRunner::instant("seed", south, window));
        offsets.insert((at - begin).count());
    }
    EXPECT_GT(offsets.size(), 45U);

    plan.injects.clear();
    Play p(plan);
    p.begin();
    p.run_to(2min);
    p.guests.broken["198.18.12.80"] = {"fail", "refused"};
    p.run_to(5min);
    const auto view = build_view(p.engine->projection(), {"white", ""});
    const auto& staff = view.at("users").at("south").at("staff").as_object();
    EXPECT_EQ(staff.at("services").at("staff-portal-web").at("title"), "Staff: portal.web");
    EXPECT_EQ(staff.at("services").at("staff-portal-web").at("state"), "down");
    EXPECT_GT(staff.at("asked").as_int64(), 20);
    EXPECT_LT(staff.at("served_milli").as_int64(), 600);
    EXPECT_EQ(view.at("users").at("north").at("staff").at("served_milli"), 1'000);
    EXPECT_FALSE(build_view(p.engine->projection(), {"team", "south"}).at("users").as_object().contains("north"));
    EXPECT_FALSE(build_view(p.engine->projection(), {"public", ""}).contains("users"));
    for (const auto* role : {"white", "team"}) {
        std::map<std::string, std::set<std::string>> told; // kind -> what it is about
        const auto moments = moments_json(p.engine->projection(), {role, role == std::string("team") ? "south" : ""});
        for (const auto& marker : moments.at("markers").as_array()) {
            const std::string text(marker.at("text").as_string());
            told[std::string(marker.at("kind").as_string())].insert(text.substr(0, text.find(" of ")));
        }
        EXPECT_EQ(told["users"], std::set<std::string>{"Staff: portal.web"}) << "what users met is no outage";
        EXPECT_EQ(told["outage"], std::set<std::string>{"Portal"});
    }
    for (const auto& item : p.engine->projection().scores().why("south"))
        EXPECT_NE(item.subject, "Staff: portal.web");
}

TEST(Checks, every_instance_is_probed_once_in_every_window) {
    Play p;
    p.begin();
    p.run_to(100s);
    std::map<std::pair<std::string, std::int64_t>, int> seen;
    for (const auto& e : p.log())
        if (e.kind == "check.sample") {
            const auto window = int_or(e.body, "window");
            ++seen[{text_or(e.body, "check"), window}];
            EXPECT_EQ(e.exercise_ms / 10'000, window);
        }
    EXPECT_EQ(seen.size(), 60U) << "six instances, ten windows";
    for (const auto& [key, count] : seen)
        EXPECT_EQ(count, 1) << key.first << " in window " << key.second;
}

TEST(Checks, the_reference_goes_first_and_all_leave_time_to_ask_again) {
    const auto plan = plan::sample_plan();
    std::set<std::int64_t> offsets;
    for (const auto& check : plan.checks) {
        const auto offset = CheckRunner::offset("seed", check);
        offsets.insert(offset.count());
        if (check.team.empty())
            EXPECT_LT(offset, 1s);
        else {
            EXPECT_GE(offset, 1s);
            EXPECT_LT(offset, 7s);
        }
    }
    EXPECT_EQ(offsets.size(), plan.checks.size()) << "smeared, not all at once";
}

TEST(Checks, a_failure_is_asked_about_again_from_the_second_vantage) {
    auto plan = plan::sample_plan();
    for (auto& check : plan.checks)
        check.second_vantage = "crow";
    Play p(plan);
    p.guests.broken["198.18.11.80"] = {"fail", "refused"};
    p.begin();
    p.run_to(10s);
    std::vector<std::string> vantages;
    for (const auto& e : p.log())
        if (e.kind == "check.sample" && text_or(e.body, "check") == "portal-answers@north")
            vantages.push_back(text_or(e.body, "vantage"));
    EXPECT_EQ(vantages, (std::vector<std::string>{"vantage", "crow", "crow"}));
}

TEST(Checks, the_second_vantage_stands_in_for_a_lost_one) {
    auto plan = plan::sample_plan();
    for (auto& check : plan.checks)
        check.second_vantage = "crow";
    Play p(plan);
    p.begin();
    p.guests.lose("vantage");
    p.run_to(20s);
    EXPECT_EQ(p.state_of("portal-answers@north"), "ok");
}

TEST(Checks, a_vantage_that_does_not_answer_is_an_error_of_ours) {
    Play p;
    p.begin();
    p.guests.mute.insert("vantage");
    p.run_to(30s);
    EXPECT_EQ(p.state_of("portal-answers@north"), "unknown");
    EXPECT_EQ(p.total("north"), 1'000'000);
}

TEST(Checks, a_window_that_was_seen_before_a_crash_is_not_probed_again) {
    Play p;
    p.begin();
    p.run_to(9500ms);
    p.crash();
    p.open();
    p.run_to(30s);
    std::map<std::pair<std::string, std::int64_t>, int> seen;
    for (const auto& e : p.log())
        if (e.kind == "check.sample")
            ++seen[{text_or(e.body, "check"), int_or(e.body, "window")}];
    for (const auto& [key, count] : seen)
        EXPECT_EQ(count, 1) << key.first << " in window " << key.second;
}

TEST(Checks, a_pause_in_the_middle_of_asking_again_charges_nobody) {
    Play p;
    p.begin();
    p.guests.broken["198.18.11.80"] = {"fail", "refused"};
    const auto offset = CheckRunner::offset("sample", *plan::find_check(plan::sample_plan(), "portal-answers@north"));
    p.run_to(offset + 500ms);
    ASSERT_TRUE(p.engine->pause("white", ""));
    p.loop.advance(1min);
    p.guests.broken.clear();
    ASSERT_TRUE(p.engine->resume("white", ""));
    p.run_to(60s);
    EXPECT_EQ(p.total("north"), 1'000'000);
}

// South's machines are away from minute 2 to minute 12; the controller notices after 15 s.
void lose_south(Play& p, bool for_good = false) {
    std::vector<std::string> machines;
    for (const auto& machine : p.engine->projection().plan().machines)
        if (machine.team == "south")
            machines.push_back(machine.id);
    p.run_to(2min);
    for (const auto& machine : machines)
        p.guests.lose(machine, "the connection broke");
    for (const auto* address : {"198.18.12.80", "2001:db8:12::80"})
        p.guests.broken[address] = {"fail", "no route to host"};
    p.run_to(135s);
    for (int twice = 0; twice < 2; ++twice)
        p.engine->host_lost("beta", "it has not answered for 10 s", machines);
    p.run_to(12min);
    if (for_good)
        return;
    p.engine->host_returned("beta");
    p.guests.broken.clear();
    for (const auto& machine : machines)
        p.guests.bring_back(machine);
}

TEST(Checks, a_lost_host_costs_nobody_a_point) {
    auto plan = plan::sample_plan();
    plan.injects.clear();
    Play spared(plan);
    spared.begin();
    spared.run_to(15min);

    Play p(plan);
    p.begin();
    lose_south(p, true);
    EXPECT_EQ(p.count("host.lost"), 1U);
    const auto& lost = p.engine->projection().state().machines().at("portal@south");
    EXPECT_EQ(lost.state, "lost");
    EXPECT_EQ(lost.reason, "its host beta is lost: it has not answered for 10 s");
    EXPECT_EQ(p.state_of("portal-answers@south"), "void");
    EXPECT_EQ(p.state_of("portal-answers@north"), "ok");
    for (const auto* team : {"north", "south"})
        EXPECT_EQ(p.total(team), spared.total(team)) << team << " while it is away";

    Play back(plan);
    back.begin();
    lose_south(back);
    back.run_to(15min);
    EXPECT_EQ(back.engine->projection().state().machines().at("portal@south").state, "ready");
    EXPECT_TRUE(back.engine->projection().state().lost_hosts().empty());
    EXPECT_EQ(back.state_of("portal-answers@south"), "ok");
    for (const auto* team : {"north", "south"})
        EXPECT_EQ(back.total(team), spared.total(team)) << team << " when it is back";
    // What its teams do with it afterwards is theirs again.
    back.guests.broken["198.18.12.80"] = {"fail", "refused"};
    back.run_to(18min);
    EXPECT_EQ(back.state_of("portal-answers@south"), "down");
}

} // namespace
} // namespace testudo::exercise
