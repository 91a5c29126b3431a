// The shipped exercise, from its template to its end, with absent teams and with diligent ones.
#include "tests/exercise/play.hpp"

#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

namespace testudo::exercise {
namespace {

using namespace std::chrono_literals;

plan::Plan harbour_shield() {
    auto loaded = template_::load(TESTUDO_SOURCE_DIR "/range-templates/harbour-shield/range.yaml");
    auto plan = plan::make(loaded.template_, loaded.diagnostics);
    for (const auto& d : loaded.diagnostics)
        if (d.severity == Severity::error)
            ADD_FAILURE() << render(d);
    return plan ? *plan : plan::Plan{};
}

// Repairs what was done to a team two minutes after it happened, for as long as the exercise lasts.
void play_diligently(Play& p, const std::vector<std::string>& teams) {
    for (auto t = 10s; t <= 30min; t += 10s) {
        p.run_to(t);
        if (p.engine->projection().state().run() == Run::ended)
            return;
        const auto acts = p.engine->projection().state().acts();
        for (const auto& [id, act] : acts) {
            const auto& inject = *plan::find_inject(p.engine->projection().plan(), act.inject);
            const bool ours = std::find(teams.begin(), teams.end(), act.team) != teams.end();
            if (ours && act.holds && act.since_ms + 120'000 <= Millis(t).count())
                p.guests.mend(inject.targets[act.target].target, inject.action);
        }
    }
}

TEST(HarbourShield, every_inject_that_has_a_time_fires_and_the_diligent_win) {
    const auto plan = harbour_shield();
    ASSERT_EQ(plan.exercise, "harbour-shield");
    Play p(plan);
    std::vector<std::string> blue;
    for (const auto& team : plan.teams)
        if (team.colour == "blue")
            blue.push_back(team.id);
    ASSERT_EQ(blue.size(), 3U);
    p.begin();
    play_diligently(p, {blue[0]});
    p.loop.advance(20s);
    ASSERT_EQ(p.engine->projection().state().run(), Run::ended);
    for (const auto& inject : plan.injects)
        for (const auto& team : inject.teams)
            if (inject.when.kind == plan::When::Kind::at) {
                EXPECT_EQ(p.stage_of(inject.id, team), "completed") << inject.id << " of " << team;
            }
    EXPECT_EQ(p.stage_of("press-call", blue[1]), "completed");
    EXPECT_EQ(p.stage_of("office-stopped", blue[0]), "completed") << "it was mended, so they came back";
    EXPECT_EQ(p.stage_of("office-stopped", blue[1]), "scheduled");
    EXPECT_GT(p.total(blue[0]), p.total(blue[1]));
    EXPECT_EQ(p.engine->projection().scores().rank(blue[0]), 1);
    for (const auto& team : blue)
        for (const auto& line : p.engine->projection().scores().lines(team))
            EXPECT_GE(line.second.contributes_milli, 0) << line.first;

    const auto replay = Replay::open(p.store);
    ASSERT_TRUE(replay);
    EXPECT_EQ(json::serialize(build_view(replay->now(), white)),
              json::serialize(build_view(p.engine->projection(), white)));
}

} // namespace
} // namespace testudo::exercise
