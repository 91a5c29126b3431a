#include "tests/exercise/play.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;

std::string view_text(const Projection& p, const Audience& audience) {
    return json::serialize(build_view(p, audience));
}

TEST(WholeExercise, a_broken_portal_costs_points_and_mending_it_brings_some_back) {
    Play s;
    s.begin();
    s.run_to(60s);
    EXPECT_EQ(s.total("north"), 1'000'000);
    EXPECT_EQ(s.state_of("portal-answers@north"), "ok");

    s.guests.broken["198.18.11.80"] = {"fail", "HTTP 502"};
    s.run_to(90s);
    EXPECT_EQ(s.state_of("portal-answers@north"), "down");
    const auto hurt = s.total("north");
    EXPECT_LT(hurt, 1'000'000);
    EXPECT_EQ(s.total("south"), 1'000'000);
    EXPECT_EQ(s.engine->projection().scores().rank("south"), 1);
    EXPECT_EQ(s.engine->projection().scores().rank("north"), 2);
    const auto view = build_view(s.engine->projection(), white);
    const auto& cell = view.at("matrix").at("north").at("portal").as_object();
    EXPECT_EQ(cell.at("reason"), "Portal answers on HTTP: HTTP 502 from vantage, confirmed twice");

    s.guests.broken.clear();
    s.run_to(115s);
    EXPECT_EQ(s.state_of("portal-answers@north"), "ok");
    EXPECT_GT(s.total("north"), hurt);
}

TEST(WholeExercise, thirty_minutes_run_to_their_end_and_replay_is_the_same_bit_for_bit) {
    Play s;
    s.begin();
    s.run_to(4min);
    s.guests.mend("portal@north", "deface");
    s.run_to(20min);
    ASSERT_TRUE(s.engine->file_report("north", {"incident", "advisory@north", "north", "We saw it."}));
    ASSERT_TRUE(s.engine->grade("r-1", {{"facts", 5'000}, {"next", 10'000}}, "Good", "white"));
    s.guests.mend("portal@south", "deface");
    s.run_to(30min);
    s.loop.advance(5s);
    ASSERT_EQ(s.engine->projection().state().run(), Run::ended);
    EXPECT_EQ(s.count("exercise.phase"), 2U);
    EXPECT_GT(s.count("check.sample"), 1000U);
    EXPECT_EQ(s.stage_of("defaced", "north"), "completed");
    EXPECT_EQ(s.stage_of("press-call", "south"), "completed") << "the page of South was defaced for five minutes";
    EXPECT_EQ(s.stage_of("press-call", "north"), "scheduled") << "North mended its page before";
    EXPECT_GT(s.total("north"), s.total("south"));

    const auto replay = Replay::open(s.store);
    ASSERT_TRUE(replay);
    for (const auto& audience :
         {white, Audience{"instructor", ""}, Audience{"team", "north"}, Audience{"public", ""}}) {
        EXPECT_EQ(view_text(replay->now(), audience), view_text(s.engine->projection(), audience));
        EXPECT_EQ(view_text(*s.live, audience), view_text(s.engine->projection(), audience));
    }
    // A jump to the middle is what the log's first half says.
    const auto events = s.log();
    auto folded = *Projection::from(events.front());
    for (std::size_t i = 1; i < events.size() / 2; ++i)
        folded.apply(events[i]);
    EXPECT_EQ(view_text(replay->at_seq(events.size() / 2), white), view_text(folded, white));
}

TEST(WholeExercise, the_items_of_a_score_add_up_to_it) {
    Play s;
    s.begin();
    s.run_to(12min);
    s.guests.broken["198.18.12.80"] = {"fail", "connection refused"};
    s.run_to(17min);
    ASSERT_TRUE(s.engine->adjust("south", "availability", -3'000, "Helped by the white team", "white"));
    for (const auto* team : {"north", "south"}) {
        std::int64_t sum = 0;
        for (const auto& item : s.engine->projection().scores().why(team))
            sum += item.milli;
        EXPECT_EQ(sum, s.total(team));
        EXPECT_LT(sum, 1'000'000);
    }
}

TEST(WholeExercise, a_pause_stops_the_clock_and_the_judging) {
    Play s;
    s.begin();
    s.run_to(50s);
    ASSERT_TRUE(s.engine->pause("white", "lunch"));
    s.guests.broken["198.18.11.80"] = {"fail", "down"};
    const auto samples = s.count("check.sample");
    s.loop.advance(10min);
    EXPECT_EQ(s.engine->now(), 50s);
    EXPECT_EQ(s.count("check.sample"), samples);
    EXPECT_EQ(s.stage_of("advisory", "north"), "scheduled");
    s.guests.broken.clear();
    ASSERT_TRUE(s.engine->resume("white", ""));
    s.loop.advance(20s);
    EXPECT_EQ(s.engine->now(), 70s);
    EXPECT_EQ(s.stage_of("advisory", "north"), "completed");
    EXPECT_EQ(s.total("north"), 1'000'000);
}

TEST(WholeExercise, fire_hold_release_and_skip_are_obeyed) {
    Play s;
    s.begin();
    ASSERT_TRUE(s.engine->hold("advisory", "south", "white", "not yet"));
    ASSERT_TRUE(s.engine->skip("defaced", "south", "white", "spared"));
    ASSERT_TRUE(s.engine->fire("defaced", "north", "red"));
    s.run_to(5s);
    EXPECT_EQ(s.stage_of("defaced", "north"), "completed");
    EXPECT_TRUE(s.guests.holds("portal@north", "deface"));
    s.run_to(90s);
    EXPECT_EQ(s.stage_of("advisory", "north"), "completed");
    EXPECT_EQ(s.stage_of("advisory", "south"), "held");
    ASSERT_TRUE(s.engine->release("advisory", "south", "white", ""));
    s.loop.drain();
    EXPECT_EQ(s.stage_of("advisory", "south"), "completed");
    s.run_to(150s);
    EXPECT_EQ(s.stage_of("defaced", "south"), "skipped");
    EXPECT_FALSE(s.guests.holds("portal@south", "deface"));
    EXPECT_EQ(s.guests.count("act"), 1U);
    const auto again = s.engine->fire("defaced", "north", "red");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, "inject.over");
}

TEST(WholeExercise, a_crash_in_the_middle_loses_nothing_and_fires_nothing_twice) {
    Play s;
    s.begin();
    s.run_to(3min);
    ASSERT_EQ(s.guests.count("act"), 2U);
    const auto before = view_text(s.engine->projection(), white);
    s.crash();
    s.loop.advance(4min);
    s.open();
    EXPECT_EQ(s.engine->now(), 7min);
    s.loop.drain();
    EXPECT_EQ(s.engine->projection().state().run(), Run::running);
    s.run_to(8min);
    EXPECT_EQ(s.guests.count("act"), 2U);
    EXPECT_EQ(s.stage_of("press-call", "north"), "completed") << "came due at T+7m while nobody looked";
    EXPECT_EQ(s.count("inject.overdue"), 0U);
    EXPECT_NE(before, view_text(s.engine->projection(), white));
}

TEST(WholeExercise, what_was_due_while_the_controller_was_away_is_reported_and_follows_its_rule) {
    auto plan = plan::sample_plan();
    plan.injects[1].late = "skip";
    Play s(plan);
    s.begin();
    s.run_to(30s);
    s.crash();
    s.loop.advance(5min);
    s.open();
    s.loop.advance(1s);
    EXPECT_EQ(s.count("inject.overdue"), 4U);
    EXPECT_EQ(s.stage_of("advisory", "north"), "completed");
    EXPECT_EQ(s.stage_of("defaced", "north"), "skipped");
    EXPECT_EQ(s.guests.count("act"), 0U);
}

TEST(WholeExercise, the_organisers_fault_is_not_charged) {
    Play s;
    s.begin();
    s.run_to(40s);
    s.guests.lose("vantage");
    s.run_to(70s);
    EXPECT_EQ(s.state_of("portal-answers@north"), "unknown");
    EXPECT_EQ(s.total("north"), 1'000'000);
    s.guests.bring_back("vantage");
    s.run_to(80s);
    // Every portal and the reference fail at once: a fault of the range.
    for (const auto* address : {"198.18.11.80", "198.18.12.80", "198.18.0.210"})
        s.guests.broken[address] = {"fail", "no route"};
    s.run_to(110s);
    EXPECT_EQ(s.state_of("portal-answers@north"), "void");
    EXPECT_EQ(s.total("north"), 1'000'000);
    // The reference is well, but all teams fail without a cause that is known: held.
    s.guests.broken.erase("198.18.0.210");
    s.run_to(115s);
    ASSERT_TRUE(s.engine->skip("defaced", "", "white", "test"));
    s.run_to(140s);
    EXPECT_EQ(s.state_of("portal-answers@north"), "held");
    EXPECT_EQ(s.total("north"), 1'000'000);
    ASSERT_TRUE(
        s.engine->rule({"portal-answers@north", "", 0, 200'000, "charge", "they stopped it themselves"}, "white"));
    EXPECT_LT(s.total("north"), 1'000'000);
    EXPECT_EQ(s.total("south"), 1'000'000);
    ASSERT_TRUE(s.engine->rule({"portal-answers", "", 0, 200'000, "void", "on appeal"}, "white"));
    EXPECT_EQ(s.total("north"), 1'000'000);
}

TEST(WholeExercise, all_portals_defaced_at_once_by_the_timeline_are_charged) {
    Play s;
    s.begin();
    s.run_to(150s);
    EXPECT_EQ(s.state_of("portal-answers@north"), "faulty");
    EXPECT_EQ(s.state_of("portal-answers@south"), "faulty");
    EXPECT_LT(s.total("north"), 1'000'000);
}

TEST(WholeExercise, a_log_that_cannot_be_written_pauses_the_exercise_and_loses_no_order) {
    class Full final : public EventStore {
      public:
        bool full = false;
        MemoryEventStore inner;
        Result<std::uint64_t> append(std::vector<Event>& events) override {
            if (full)
                return fail("store.full", "log", "the disk is full");
            return inner.append(events);
        }
        Result<void> read(std::uint64_t from, const std::function<bool(const Event&)>& each) const override {
            return inner.read(from, each);
        }
        std::uint64_t last_seq() const override { return inner.last_seq(); }
        std::string head() const override { return inner.head(); }
    };
    VirtualLoop loop;
    Full store;
    FakeGuests guests(loop);
    const auto plan = plan::sample_plan();
    Engine engine(loop, plan, store, guests, {"range.yaml", "test"});
    std::vector<std::string> faults;
    engine.on_fault([&](const std::optional<Error>& e) { faults.push_back(e ? e->code : "well"); });
    ASSERT_TRUE(engine.open());
    loop.advance(Millis(0)); // the agents say that they are there
    ASSERT_TRUE(engine.start("white"));
    loop.advance(Millis(55'000));
    store.full = true;
    loop.advance(Millis(60'000));
    EXPECT_EQ(faults, std::vector<std::string>{"store.full"});
    EXPECT_LT(engine.now(), Millis(62'000));
    const auto order = engine.fire("defaced", "north", "red");
    ASSERT_FALSE(order);
    EXPECT_EQ(order.error().code, "store.full");
    EXPECT_EQ(guests.count("act"), 0U);
    store.full = false;
    loop.advance(Millis(5'000));
    EXPECT_EQ(faults.back(), "well");
    EXPECT_EQ(engine.projection().state().run(), Run::paused);
    ASSERT_TRUE(engine.resume("white", "the disk has room again"));
    loop.advance(Millis(20'000));
    EXPECT_EQ(engine.projection().state().inject("advisory", "north")->stage, Stage::completed);
}

} // namespace
} // namespace testudo::exercise
