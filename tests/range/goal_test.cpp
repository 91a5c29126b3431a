#include <algorithm>
#include <gtest/gtest.h>

#include "orchestrator/plan/secrets.hpp"
#include "orchestrator/range/goal.hpp"
#include "tests/plan/sample_plan.hpp"

namespace testudo::range {
namespace {

std::string spec_of(const Goal& goal, const std::string& machine) {
    return goal.machine(machine)->spec.mark.spec;
}

TEST(Goal, IsAFunctionOfPlanAndSeed) {
    const auto plan = plan::sample_plan();
    EXPECT_EQ(spec_of(goal_of(plan, "s"), "portal@north"), spec_of(goal_of(plan, "s"), "portal@north"));
    EXPECT_NE(spec_of(goal_of(plan, "s"), "portal@north"), spec_of(goal_of(plan, "t"), "portal@north"));
}

TEST(Goal, AChangeOfOneMachineLeavesTheOthersFingerprintsAlone) {
    auto plan = plan::sample_plan();
    const auto before = goal_of(plan, "s");
    const auto portal =
        std::find_if(plan.machines.begin(), plan.machines.end(), [](const auto& m) { return m.id == "portal@north"; });
    portal->files[0].content += "<p>open</p>";
    const auto after = goal_of(plan, "s");
    EXPECT_NE(before.plan_hash, after.plan_hash);
    for (const auto& machine : before.machines) {
        const auto& id = machine.spec.mark.object;
        EXPECT_EQ(spec_of(before, id) == spec_of(after, id), id != "portal@north") << id;
    }
}

TEST(Personalise, GivesDerivedPasswordsAndPlantedOnes) {
    auto plan = plan::sample_plan();
    for (auto& machine : plan.machines)
        if (machine.id == "portal@north")
            machine.users.push_back({"clerk", "harbour", "", false});
    const auto users = goal_of(plan, "s").machine("portal@north")->personalise.users;
    ASSERT_EQ(users.size(), 2U);
    EXPECT_EQ(users[0].password, plan::password("s", "north/defender"));
    EXPECT_EQ(users[1].password, "harbour");
}

TEST(Personalise, TellsATeamsMachineNothingOfOtherTeams) {
    const auto goal = goal_of(plan::sample_plan(), "s");
    const auto& hosts = goal.machine("portal@north")->personalise.hosts;
    EXPECT_EQ(hosts.size(), 8U); // gate has two interfaces, portal and plc one, each with two addresses
    for (const auto& [address, name] : hosts) {
        EXPECT_EQ(address.find("198.18.12."), std::string::npos);
        EXPECT_EQ(address.find('/'), std::string::npos);
        EXPECT_NE(name, "crow");
    }
}

} // namespace
} // namespace testudo::range
