#include "tests/exercise/play.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;

template <class T> std::string code(const Result<T>& r) {
    return r ? "ok" : r.error().code;
}

TEST(Orders, each_state_allows_what_it_should) {
    Play p;
    p.guests.lose("crow");
    p.open();
    EXPECT_EQ(code(p.engine->start("white")), "exercise.state") << "a machine is still being made";
    EXPECT_EQ(code(p.engine->fire("advisory", "", "white")), "exercise.state");
    EXPECT_EQ(code(p.engine->hold("advisory", "", "white", "")), "ok") << "a timeline may be changed before STARTEX";
    p.guests.bring_back("crow");
    p.loop.advance(1ms);
    EXPECT_EQ(p.engine->projection().state().run(), Run::ready);
    EXPECT_EQ(code(p.engine->start("white", 50)), "request.range");
    EXPECT_EQ(code(p.engine->start("white")), "ok");
    EXPECT_EQ(code(p.engine->start("white")), "exercise.state");
    EXPECT_EQ(code(p.engine->resume("white", "")), "exercise.state");
    EXPECT_EQ(code(p.engine->pause("white", "")), "ok");
    EXPECT_EQ(code(p.engine->fire("press-call", "north", "white")), "ok") << "fire now works in a pause";
    EXPECT_TRUE(p.engine->projection().state().messages().at("press-call@north").during_pause);
    EXPECT_EQ(code(p.engine->end("white")), "ok");
    EXPECT_EQ(code(p.engine->resume("white", "")), "exercise.state");
    EXPECT_EQ(code(p.engine->file_report("north", {"incident", "", "north", "late"})), "exercise.state");
    EXPECT_EQ(code(p.engine->skip("advisory", "", "white", "")), "exercise.state");
}

json::object isolation_report(int leaks) {
    json::object leak{{"outcome", "leak"}, {"from", "portal@north"},    {"to", "db@south"},
                      {"port", 22},        {"address", "198.18.12.30"}, {"evidence", "accepted"}};
    json::object report{{"probes", 9}, {"leaks", leaks}, {"blocked", 0}, {"unknown", 0}};
    report["findings"] = leaks > 0 ? json::array{leak} : json::array{};
    return report;
}

TEST(Orders, nothing_is_done_in_a_range_that_is_not_closed) {
    Play p;
    p.begin();
    EXPECT_EQ(code(p.engine->isolation_checked(isolation_report(1), "white")), "ok");
    EXPECT_EQ(p.engine->projection().state().run(), Run::paused) << "so that nothing falls due";
    const auto fired = p.engine->fire("press-call", "north", "white");
    EXPECT_EQ(code(fired), "isolation.conflict");
    EXPECT_NE(fired.error().message.find("portal@north to db@south at 198.18.12.30 port 22: accepted"),
              std::string::npos)
        << fired.error().message;
    EXPECT_EQ(code(p.engine->resume("white", "")), "isolation.conflict");
    EXPECT_EQ(code(p.engine->isolation_checked(isolation_report(0), "white")), "ok");
    EXPECT_EQ(code(p.engine->resume("white", "")), "ok");
    EXPECT_EQ(code(p.engine->fire("press-call", "north", "white")), "ok");
    EXPECT_EQ(p.count("isolation.checked"), 2U);
}

TEST(Orders, an_exercise_does_not_start_in_a_range_that_is_not_closed) {
    Play p;
    p.open();
    p.loop.advance(1ms);
    EXPECT_EQ(code(p.engine->isolation_checked(isolation_report(2), "the controller")), "ok");
    EXPECT_EQ(code(p.engine->start("white")), "isolation.conflict");
    EXPECT_EQ(code(p.engine->isolation_checked(isolation_report(0), "white")), "ok");
    EXPECT_EQ(code(p.engine->start("white")), "ok");
}

TEST(Orders, about_what_is_not_there_are_refused_by_name) {
    Play p;
    p.begin();
    EXPECT_EQ(code(p.engine->fire("nothing", "", "white")), "inject.unknown");
    EXPECT_EQ(code(p.engine->fire("advisory", "red", "white")), "inject.not-for-team");
    EXPECT_EQ(code(p.engine->release("advisory", "", "white", "")), "inject.state");
    EXPECT_EQ(code(p.engine->file_report("west", {"incident", "", "x", "y"})), "team.unknown");
    EXPECT_EQ(code(p.engine->file_report("north", {"incident", "", "x", "  \n"})), "request.incomplete");
    EXPECT_EQ(code(p.engine->file_report("north", {"incident", "advisory@south", "x", "y"})), "message.unknown");
    EXPECT_EQ(code(p.engine->grade("r-9", {}, "", "white")), "report.unknown");
    EXPECT_EQ(code(p.engine->adjust("red", "impact", 5, "x", "white")), "team.unknown");
    EXPECT_EQ(code(p.engine->adjust("north", "beauty", 5, "x", "white")), "category.unknown");
    EXPECT_EQ(code(p.engine->adjust("north", "impact", 5, "", "white")), "request.incomplete");
    EXPECT_EQ(code(p.engine->rule({"nothing", "", 0, 1, "void", "x"}, "white")), "check.unknown");
    EXPECT_EQ(code(p.engine->rule({"portal-answers@north", "south", 0, 1, "void", "x"}, "white")), "check.unknown");
    EXPECT_EQ(code(p.engine->rule({"portal-answers", "", 5, 1, "void", "x"}, "white")), "request.range");
    EXPECT_EQ(code(p.engine->rule({"portal-answers", "", 0, 1, "forgive", "x"}, "white")), "request.range");
}

TEST(Orders, reports_are_graded_by_the_rubric_of_their_message) {
    Play p;
    p.begin();
    p.run_to(61s);
    const auto report = p.engine->file_report("north", {"incident", "advisory@north", "north", "We saw it."});
    ASSERT_EQ(code(report), "ok");
    EXPECT_EQ(p.engine->projection().state().messages().at("advisory@north").report, *report);
    EXPECT_EQ(code(p.engine->grade(*report, {{"style", 1}}, "", "white")), "grade.unknown-item");
    EXPECT_EQ(code(p.engine->grade(*report, {{"facts", 10'001}}, "", "white")), "grade.range");
    EXPECT_EQ(code(p.engine->grade(*report, {{"facts", -1}}, "", "white")), "grade.range");
    ASSERT_EQ(code(p.engine->grade(*report, {{"facts", 10'000}}, "", "white")), "ok");
    // 10 points are lost of the 30 that all reports are worth.
    EXPECT_EQ(p.engine->projection().scores().lines("north").at("reports").contributes_milli, 66'666);
    ASSERT_EQ(code(p.engine->grade(*report, {{"facts", 10'000}, {"next", 10'000}}, "", "white")), "ok");
    EXPECT_EQ(p.total("north"), 1'000'000);
}

TEST(Orders, a_reset_is_in_the_log_and_costs_what_its_cause_says) {
    auto plan = plan::sample_plan();
    plan.injects.clear();
    Play p(plan);
    p.begin();
    p.run_to(60s);
    const auto reset = [&](bool requested) {
        const auto before = p.total("north");
        EXPECT_EQ(code(p.engine->machines_reset({"portal@north"}, requested, "white", "its disk is full")), "ok");
        EXPECT_EQ(p.engine->projection().state().machines().at("portal@north").state, "resetting");
        p.guests.lose("portal@north");
        p.guests.broken[p.guests.served.at("portal@north")] = {"fail", "no answer"};
        p.loop.advance(30s);
        EXPECT_EQ(p.engine->projection().state().machines().at("portal@north").state, "resetting") << "not lost";
        p.guests.bring_back("portal@north");
        p.guests.broken.clear();
        p.loop.advance(1s);
        EXPECT_EQ(p.engine->projection().state().machines().at("portal@north").state, "ready");
        p.loop.advance(30s);
        return before - p.total("north");
    };
    EXPECT_EQ(reset(false), 0) << "the organiser's";
    EXPECT_GT(reset(true), 0) << "the team's own";
    EXPECT_EQ(p.count("machine.reset"), 2U);
    EXPECT_EQ(code(p.engine->end("white")), "ok");
    EXPECT_EQ(code(p.engine->machines_reset({"portal@north"}, false, "white", "")), "exercise.state");
}

TEST(Orders, a_log_of_another_plan_is_not_taken_up) {
    Play p;
    p.begin();
    p.crash();
    auto other = plan::sample_plan();
    other.title = "Another";
    Engine engine(p.loop, other, p.store, p.guests, {"range.yaml", "test"});
    EXPECT_EQ(code(engine.open()), "log.other-plan");
}

TEST(Orders, a_good_end_of_the_controller_pauses_and_is_in_the_log) {
    Play p;
    p.begin();
    p.run_to(20s);
    p.engine->close();
    const auto log = p.log();
    EXPECT_EQ(log.back().kind, "controller.stopped");
    EXPECT_EQ(log[log.size() - 2].kind, "exercise.paused");
    p.engine.reset();
    p.loop.advance(10s);
    p.open();
    EXPECT_EQ(p.engine->now(), 20s);
    EXPECT_EQ(p.engine->projection().state().run(), Run::paused);
    ASSERT_TRUE(p.engine->resume("white", ""));
    p.run_to(30s);
    ASSERT_TRUE(p.engine->pause("white", ""));
    p.engine->close();
    EXPECT_EQ(p.count("exercise.paused"), 2U) << "what is paused is not paused again";
    p.engine.reset();
    p.loop.advance(1h);
    p.open();
    EXPECT_EQ(p.engine->now(), 30s) << "a paused exercise stays paused";
}

TEST(Orders, hours_without_a_controller_cost_nobody_anything) {
    Play p;
    p.begin();
    p.run_to(3min);
    p.crash();
    const auto before = Replay::open(p.store)->now().scores().total_milli("north");
    p.loop.advance(3h);
    p.open();
    EXPECT_EQ(p.engine->projection().state().run(), Run::paused);
    EXPECT_LE(p.engine->now(), 3min);
    EXPECT_EQ(p.total("north"), before);
    EXPECT_EQ(p.count("inject.overdue"), 0U);
    ASSERT_TRUE(p.engine->resume("white", ""));
    p.run_to(4min);
    EXPECT_EQ(p.engine->projection().state().run(), Run::running);
}

TEST(Orders, a_faster_clock_reaches_the_timeline_sooner) {
    Play p;
    p.open();
    ASSERT_TRUE(p.engine->start("white", 10'000));
    p.loop.advance(6s);
    EXPECT_EQ(p.engine->now(), 60s);
    EXPECT_EQ(p.stage_of("advisory", "north"), "completed");
}

TEST(Orders, observers_get_what_is_folded_already) {
    Play p;
    p.begin();
    p.run_to(2min);
    EXPECT_EQ(p.live->state().seq(), p.store.last_seq());
    EXPECT_EQ(p.engine->projection().state().seq(), p.store.last_seq());
}

} // namespace
} // namespace testudo::exercise
