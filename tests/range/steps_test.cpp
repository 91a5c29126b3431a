#include "orchestrator/range/steps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/plan/sample_plan.hpp"

namespace testudo::range {
namespace {

const Goal goal = goal_of(plan::sample_plan(), "seed");

std::vector<Observed> all_as_planned() {
    std::vector<Observed> observed;
    for (const auto& n : goal.networks)
        observed.push_back({ObjectKind::network, {}, n.mark, n.name, n.uuid, true, "running"});
    for (const auto& m : goal.machines)
        observed.push_back({ObjectKind::machine, m.spec.kind, m.spec.mark, m.spec.name, m.spec.uuid, true, "running"});
    return observed;
}

Observed& at(std::vector<Observed>& observed, const std::string& object) {
    return *std::find_if(observed.begin(), observed.end(), [&](const auto& o) { return o.mark.object == object; });
}

std::vector<std::string> told(const std::vector<Step>& steps) {
    std::vector<std::string> lines;
    for (const auto& step : steps)
        if (step.act != Step::Act::make_ready)
            lines.push_back(describe(step));
    return lines;
}

TEST(Steps, AnEmptyHostGetsEverythingInAnOrderThatWorks) {
    const auto steps = steps_up(goal, {});
    EXPECT_EQ(steps.size(), goal.networks.size() + 2 * goal.machines.size());
    for (std::size_t i = 0; i < steps.size(); ++i)
        for (const auto before : steps[i].after)
            EXPECT_LT(before, i);
    EXPECT_EQ(describe(steps[0]), "create network internet: it is missing");
    // The slow ones begin first.
    EXPECT_EQ(steps[goal.networks.size()].object, "plc@north");
    const auto gate = std::find_if(steps.begin(), steps.end(), [](const Step& s) {
        return s.object == "gate@north" && s.act == Step::Act::create_machine;
    });
    EXPECT_EQ(gate->after.size(), 2U);
}

TEST(Steps, AMachineIsMadeReadyAfterThoseThatItNeeds) {
    auto plan = plan::sample_plan();
    for (auto& machine : plan.machines) {
        if (machine.id == "gate@north")
            machine.needs = {"portal@north"};
        if (machine.id == "portal@north")
            machine.needs = {"plc@north", "vantage"};
    }
    const auto steps = steps_up(goal_of(plan, "seed"), {});
    const auto ready = [&steps](const std::string& machine) {
        const auto found = std::find_if(steps.begin(), steps.end(), [&machine](const Step& s) {
            return s.object == machine && s.act == Step::Act::make_ready;
        });
        return static_cast<std::size_t>(found - steps.begin());
    };
    const auto waits = [&](const std::string& machine, const std::string& other) {
        const auto& after = steps.at(ready(machine)).after;
        return std::find(after.begin(), after.end(), ready(other)) != after.end();
    };
    EXPECT_EQ(steps.size(), goal.networks.size() + 2 * goal.machines.size());
    EXPECT_TRUE(waits("gate@north", "portal@north"));
    EXPECT_TRUE(waits("portal@north", "plc@north"));
    EXPECT_TRUE(waits("portal@north", "vantage"));
    EXPECT_FALSE(waits("portal@south", "plc@south"));
    for (std::size_t i = 0; i < steps.size(); ++i)
        for (const auto before : steps[i].after)
            EXPECT_LT(before, i);
}

TEST(Steps, NothingIsDoneWhenAllIsAsPlanned) {
    const auto steps = steps_up(goal, all_as_planned());
    EXPECT_TRUE(told(steps).empty());
    EXPECT_EQ(steps.size(), goal.machines.size()); // each agent is asked
}

TEST(Steps, AChangedMachineIsMadeAnewAlone) {
    auto observed = all_as_planned();
    at(observed, "portal@north").mark.spec = "older";
    EXPECT_EQ(told(steps_up(goal, observed)),
              (std::vector<std::string>{"remove machine portal@north: it changed in the plan",
                                        "create container portal@north: it changed in the plan"}));
}

TEST(Steps, AStoppedMachineIsMadeAnewInTheHypervisorsWord) {
    auto observed = all_as_planned();
    at(observed, "plc@south").running = false;
    at(observed, "plc@south").state = "crashed";
    EXPECT_EQ(told(steps_up(goal, observed))[1], "create machine plc@south: it is not running but crashed");
}

TEST(Steps, AReplacedNetworkTakesItsMachinesAlong) {
    auto observed = all_as_planned();
    at(observed, "office@south").mark.spec = "older";
    EXPECT_EQ(told(steps_up(goal, observed)),
              (std::vector<std::string>{"remove machine gate@south: its segment office@south is made anew",
                                        "remove machine portal@south: its segment office@south is made anew",
                                        "remove machine plc@south: its segment office@south is made anew",
                                        "remove network office@south: its name or bridge changed in the plan",
                                        "create network office@south: its name or bridge changed in the plan",
                                        "create machine plc@south: its segment office@south is made anew",
                                        "create container gate@south: its segment office@south is made anew",
                                        "create container portal@south: its segment office@south is made anew"}));
}

TEST(Steps, WhatThePlanNoLongerHasIsRemoved) {
    auto observed = all_as_planned();
    auto extra = observed.back();
    extra.mark.object = "old@north";
    extra.name = "tst-sample-north-old";
    observed.push_back(extra);
    EXPECT_EQ(told(steps_up(goal, observed)),
              std::vector<std::string>{"remove machine old@north: it is not in the plan any more"});
}

TEST(Steps, OtherExercisesAreNeverTouched) {
    auto observed = all_as_planned();
    for (auto& object : observed)
        object.mark.exercise = "another";
    EXPECT_TRUE(steps_down("sample", observed).empty());
    for (const auto& step : steps_up(goal, observed))
        EXPECT_FALSE(step.removed);
}

TEST(Steps, DownRemovesMachinesBeforeNetworks) {
    const auto steps = steps_down("sample", all_as_planned());
    EXPECT_EQ(steps.size(), goal.networks.size() + goal.machines.size());
    EXPECT_EQ(steps.back().act, Step::Act::remove_network);
    EXPECT_EQ(steps.back().after.size(), goal.machines.size());
    EXPECT_EQ(steps[0].reason, "the exercise is taken down");
}

TEST(Steps, ComeToOneChangeForEachObject) {
    auto observed = all_as_planned();
    at(observed, "portal@north").mark.spec = "older";
    std::erase_if(observed, [](const Observed& o) { return o.mark.object == "plc@north"; });
    observed.push_back({ObjectKind::machine,
                        plan::MachineKind::container,
                        {goal.exercise, "old@north", "", ""},
                        "tst-old",
                        "",
                        true,
                        "running"});
    std::vector<std::string> told;
    for (const auto& change : changes_of(steps_up(goal, observed)))
        told.push_back(fmt::format("{} {}: {}", word_of(change.kind), change.object, change.reason));
    EXPECT_THAT(told, testing::UnorderedElementsAre("made anew portal@north: it changed in the plan",
                                                    "removed old@north: it is not in the plan any more",
                                                    "made plc@north: it is missing"));
}

TEST(Steps, ResetTouchesItsMachinesAlone) {
    EXPECT_EQ(told(steps_reset(goal, all_as_planned(), {"portal@north"})),
              (std::vector<std::string>{"remove machine portal@north: it is reset",
                                        "create container portal@north: it is reset"}));
    EXPECT_EQ(told(steps_reset(goal, {}, {"portal@north"})),
              std::vector<std::string>{"create container portal@north: it is reset"});
}

} // namespace
} // namespace testudo::range
