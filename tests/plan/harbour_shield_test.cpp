#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <set>

#include "orchestrator/plan/describe.hpp"
#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

// The demonstration exercise keeps its promises, and its plan changes only on purpose.
// TESTUDO_UPDATE=1 writes the expected plan anew; read the difference before committing it.
namespace testudo::plan {
namespace {

const std::string folder = std::string(TESTUDO_SOURCE_DIR) + "/range-templates/harbour-shield/";

Plan harbour_shield() {
    auto loaded = template_::load(folder + "range.yaml");
    auto plan = make(loaded.template_, loaded.diagnostics);
    for (const auto& d : loaded.diagnostics)
        ADD_FAILURE() << render(d);
    return plan.value_or(Plan{});
}

TEST(HarbourShield, has_three_teams_of_five_nations) {
    const auto plan = harbour_shield();
    std::set<std::string> nations;
    std::vector<std::size_t> sizes;
    for (const auto& team : plan.teams) {
        if (team.colour != "blue")
            continue;
        nations.insert(team.nations.begin(), team.nations.end());
        sizes.push_back(team.nations.size());
    }
    EXPECT_EQ(nations.size(), 5U);
    std::sort(sizes.begin(), sizes.end());
    EXPECT_THAT(sizes, testing::ElementsAre(1, 2, 2));
}

TEST(HarbourShield, gives_every_team_its_machines) {
    const auto plan = harbour_shield();
    for (const auto& team : {"north", "south", "east"}) {
        int machines = 0;
        int vms = 0;
        for (const auto& machine : plan.machines) {
            machines += machine.team == team ? 1 : 0;
            vms += machine.team == team && machine.kind == MachineKind::vm ? 1 : 0;
            if (machine.team != team)
                continue;
            EXPECT_EQ(machine.users.front().name, "defender");
            EXPECT_EQ(machine.users.front().credential, std::string(team) + "/defender");
            EXPECT_TRUE(machine.users.front().admin);
        }
        EXPECT_GE(machines, 6);
        EXPECT_GE(vms, 1);
    }
}

TEST(HarbourShield, stays_modest) {
    std::int64_t memory = 0;
    for (const auto& machine : harbour_shield().machines) {
        memory += machine.memory_mib;
        // What a container writes is memory too.
        EXPECT_TRUE(machine.kind == MachineKind::vm || machine.disk_mib <= machine.memory_mib) << machine.id;
    }
    EXPECT_LE(memory, 3072);
}

TEST(HarbourShield, tells_a_story_of_half_an_hour) {
    const auto plan = harbour_shield();
    EXPECT_EQ(plan.duration, Millis(1'800'000));
    int messages = 0;
    int techniques = 0;
    int conditional = 0;
    for (const auto& inject : plan.injects) {
        messages += inject.kind == Inject::Kind::message ? 1 : 0;
        techniques += inject.technique.empty() ? 0 : 1;
        conditional += inject.kind == Inject::Kind::action && inject.when.kind != When::Kind::at ? 1 : 0;
        EXPECT_FALSE(inject.kind == Inject::Kind::action && inject.targets.size() != 3) << inject.id;
    }
    EXPECT_GE(messages, 5);
    EXPECT_GE(techniques, 8);
    EXPECT_GE(conditional, 2);
}

TEST(HarbourShield, checks_everything_over_both_families_and_knows_its_own_faults) {
    const auto plan = harbour_shield();
    std::set<std::string> types;
    bool v4 = false;
    bool v6 = false;
    for (const auto& check : plan.checks) {
        types.insert(check.type);
        (check.address.find(':') == std::string::npos ? v4 : v6) = true;
        EXPECT_TRUE(check.team.empty() || find_check(plan, check.twin)) << check.id;
        EXPECT_EQ(check.period, Millis(10'000));
    }
    EXPECT_THAT(types,
                testing::UnorderedElementsAre("icmp", "tcp", "http", "dns", "ssh", "smtp", "postgresql", "modbus"));
    EXPECT_TRUE(v4 && v6);
}

TEST(HarbourShield, plans_as_before) {
    const auto path = folder + "expected-plan.txt";
    const auto said = describe(harbour_shield());
    if (std::getenv("TESTUDO_UPDATE"))
        std::ofstream(path, std::ios::binary) << said;
    std::ifstream in(path, std::ios::binary);
    EXPECT_EQ(said, std::string((std::istreambuf_iterator<char>(in)), {}));
}

} // namespace
} // namespace testudo::plan
