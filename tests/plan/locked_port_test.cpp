#include <gmock/gmock.h>
#include <map>
#include <set>

#include "orchestrator/plan/make.hpp"
#include "orchestrator/plan/stakes.hpp"
#include "orchestrator/template/load.hpp"

// The largest of the examples: 24 teams of 40 nations for three days, most of it made by count and repetition.
namespace testudo::plan {
namespace {

const Plan& locked_port() {
    static const auto plan = [] {
        auto loaded = template_::load(std::string(TESTUDO_SOURCE_DIR) + "/range-templates/locked-port-24/range.yaml");
        auto made = make(loaded.template_, loaded.diagnostics);
        for (const auto& d : loaded.diagnostics)
            ADD_FAILURE() << render(d);
        return made.value_or(Plan{});
    }();
    return plan;
}

TEST(LockedPort, has_24_teams_of_40_nations_with_200_machines_each) {
    std::set<std::string> nations;
    std::map<std::string, int> machines;
    for (const auto& team : locked_port().teams)
        nations.insert(team.nations.begin(), team.nations.end());
    for (const auto& machine : locked_port().machines)
        ++machines[machine.team];
    EXPECT_EQ(nations.size(), 40U);
    int teams = 0;
    for (const auto& team : locked_port().teams) {
        if (team.colour != "blue")
            continue;
        ++teams;
        EXPECT_GE(machines[team.id], 190) << team.id;
    }
    EXPECT_EQ(teams, 24);
}

TEST(LockedPort, has_more_than_300_injects_over_three_days) {
    const auto& injects = locked_port().injects;
    EXPECT_GE(injects.size(), 300U);
    std::map<std::int64_t, int> per_day;
    for (const auto& inject : injects)
        if (inject.when.kind == When::Kind::at)
            ++per_day[inject.when.time / Millis(86'400'000)];
    for (const auto day : {0, 1, 2})
        EXPECT_GT(per_day[day], 40) << "on day " << day + 1;
    EXPECT_NE(find_inject(locked_port(), "driver-24"), nullptr);
    EXPECT_TRUE(find_inject(locked_port(), "rumour")->held);
    EXPECT_EQ(translation_for(locked_port(), *find_inject(locked_port(), "brief-2"), "channel")->subject, "Jour 2");
}

TEST(LockedPort, has_something_at_stake_in_every_category) {
    for (const auto& stake : category_stakes(locked_port())) {
        EXPECT_GT(stake.least_milli, 0) << stake.name;
        EXPECT_EQ(stake.least_milli, stake.most_milli) << stake.name << " is the same for all";
    }
    EXPECT_EQ(objective_stakes(locked_port()).size(), 7U);
}

} // namespace
} // namespace testudo::plan
