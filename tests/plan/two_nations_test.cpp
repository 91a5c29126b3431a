#include <fstream>
#include <gmock/gmock.h>

#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

// The smallest useful exercise stays small and stays useful.
namespace testudo::plan {
namespace {

const std::string path = std::string(TESTUDO_SOURCE_DIR) + "/range-templates/two-nations/range.yaml";

Plan two_nations() {
    auto loaded = template_::load(path);
    auto plan = make(loaded.template_, loaded.diagnostics);
    for (const auto& d : loaded.diagnostics)
        ADD_FAILURE() << render(d);
    return plan.value_or(Plan{});
}

TEST(TwoNations, is_short) {
    std::ifstream in(path);
    std::string line;
    int lines = 0;
    while (std::getline(in, line))
        ++lines;
    EXPECT_LT(lines, 60);
}

TEST(TwoNations, is_five_containers_of_two_nations) {
    const auto plan = two_nations();
    std::vector<std::string> machines;
    for (const auto& machine : plan.machines) {
        machines.push_back(machine.id);
        EXPECT_EQ(machine.kind, MachineKind::container);
    }
    EXPECT_THAT(machines, testing::UnorderedElementsAre("portal@north", "portal@south", "probe", "reference", "crow"));
    ASSERT_NE(find_machine(plan, "portal@south"), nullptr);
    EXPECT_EQ(find_machine(plan, "portal@south")->files.front().content, "Customs office of FIN: open\n");
}

TEST(TwoNations, earns_points_in_every_category) {
    const auto plan = two_nations();
    EXPECT_EQ(plan.categories.size(), 4U);
    for (const auto& check : plan.checks)
        EXPECT_TRUE(check.team.empty() || !check.twin.empty()) << check.id;
}

} // namespace
} // namespace testudo::plan
