#include <array>
#include <gtest/gtest.h>

#include "tests/range/world.hpp"

namespace testudo::range {
namespace {

using Kind = SimulatedHost::Fault::Kind;

std::size_t steps_of(const plan::Plan& plan) {
    return plan.segments.size() + 2 * plan.machines.size();
}

TEST(Range, ComesUpOnceAndThenChangesNothing) {
    World world;
    const auto first = world.up();
    EXPECT_TRUE(first.ok());
    EXPECT_EQ(first.changed, steps_of(world.plan));
    EXPECT_EQ(world.last_progress.done, world.last_progress.total);
    world.host.calls.clear();
    const auto second = world.up();
    EXPECT_TRUE(second.ok());
    EXPECT_EQ(second.changed, 0U);
    EXPECT_EQ(second.kept, world.plan.machines.size());
    EXPECT_EQ(world.host.calls, (std::vector<std::string>{"list ", "guard sample"}));
}

TEST(Range, IsRefusedWhereItsVirtualMachinesHaveNoRoom) {
    World world;
    world.host.info.free_memory_mib = 2 * 256 - 1; // the sample has two of 256 MiB
    std::optional<Result<Outcome>> outcome;
    world.range().up({}, {}, [&](Result<Outcome> result) { outcome = std::move(result); });
    world.loop.advance(Millis(1'000));
    ASSERT_TRUE(outcome);
    ASSERT_FALSE(*outcome);
    EXPECT_EQ(outcome->error().code, "range.memory");
    EXPECT_NE(outcome->error().message.find("512 MiB"), std::string::npos) << outcome->error().message;
    EXPECT_TRUE(world.host.objects().empty());
    world.host.info.free_memory_mib = 2 * 256;
    EXPECT_TRUE(world.up().ok());
}

TEST(Range, GoesDownAndLeavesNothing) {
    World world;
    world.up();
    EXPECT_TRUE(world.down().ok());
    EXPECT_TRUE(world.host.objects().empty());
    EXPECT_TRUE(world.journal().open_acts().empty());
    EXPECT_EQ(world.down().changed, 0U);
}

TEST(Range, GoesDownWithoutAPlanAndTouchesNoOther) {
    World world;
    world.host.plant_stranger("default");
    world.up();
    auto other = world.plan;
    other.exercise = "other";
    for (auto& segment : other.segments)
        segment.network += "-other";
    for (auto& machine : other.machines)
        machine.domain += "-other";
    const auto file = std::filesystem::temp_directory_path() / ("testudo-journal-" + random_hex(6));
    {
        const auto journal = std::move(*Journal::open(file, world.loop.clock()));
        Range range(world.loop, world.hypervisor(), *journal, other, "seed");
        EXPECT_TRUE(world.finish([&](auto done) { range.up({}, {}, done); }).ok());
    }
    std::filesystem::remove(file);
    const auto journal = std::move(*Journal::open(file, world.loop.clock()));
    Range range(world.loop, world.hypervisor(), *journal, "sample");
    EXPECT_TRUE(world.finish([&](auto done) { range.down({}, done); }).ok());
    EXPECT_EQ(world.host.objects().size(), other.segments.size() + other.machines.size());
    for (const auto& object : world.host.objects())
        EXPECT_EQ(object.mark.exercise, "other");
    EXPECT_EQ(world.host.strangers().size(), 1U);
    std::filesystem::remove(file);
}

TEST(Range, TriesARefusedCallOnceMore) {
    World world;
    world.host.faults.push_back({"create-machine", "portal@north", Kind::refuse});
    EXPECT_TRUE(world.up().ok());
}

TEST(Range, AFailureNamesObjectStepAndTheHostsWordsAndSparesTheOthers) {
    World world;
    world.host.faults.push_back({"create-machine",
                                 "portal@north",
                                 Kind::refuse,
                                 {"simulated.refused", "", "no more memory, says the host"},
                                 2});
    const auto outcome = world.up();
    ASSERT_EQ(outcome.failures.size(), 1U);
    EXPECT_EQ(describe(outcome.failures[0]),
              "portal@north: create-machine: simulated.refused: no more memory, says the host");
    EXPECT_EQ(outcome.skipped, 1U);
    EXPECT_EQ(outcome.changed, steps_of(world.plan) - 2);
    world.host.calls.clear();
    const auto again = world.up();
    EXPECT_TRUE(again.ok());
    EXPECT_EQ(again.changed, 2U);
    EXPECT_EQ(world.host.calls, (std::vector<std::string>{"list ", "guard sample", "create-machine portal@north",
                                                          "open-agent portal@north"}));
}

TEST(Range, NoMachineIsMadeUnguarded) {
    World world;
    world.host.faults.push_back({"guard", "sample", Kind::refuse, {"range.guard", "nft", "not permitted"}});
    std::optional<Result<Outcome>> outcome;
    world.range().up({}, {}, [&](Result<Outcome> result) { outcome = std::move(result); });
    world.loop.advance(Millis(5'000));
    ASSERT_TRUE(outcome);
    ASSERT_FALSE(*outcome);
    EXPECT_EQ(outcome->error().code, "range.guard");
    EXPECT_TRUE(world.host.objects().empty());
}

TEST(Range, AHostThatCannotGuardHasARangeAllTheSame) {
    World world;
    world.host.faults.push_back({"guard", "sample", Kind::refuse, {"range.unsupported", "qemu+ssh://far", "far away"}});
    EXPECT_EQ(world.up().changed, steps_of(world.plan));
}

TEST(Range, EveryCardIsGuardedAsPlannedUntilTheRangeIsDown) {
    World world;
    EXPECT_TRUE(world.up().ok());
    const auto& ports = world.host.guards.at("sample").ports;
    std::size_t cards = 0;
    for (const auto& machine : world.plan.machines)
        for (const auto& card : machine.interfaces) {
            ++cards;
            EXPECT_TRUE(std::any_of(ports.begin(), ports.end(), [&](const Guard::Port& port) {
                return port.device == card.device && port.mac == card.mac && card.ipv4 == port.ipv4 + "/24" &&
                       port.forwards == machine.forwards;
            })) << machine.id;
        }
    EXPECT_EQ(ports.size(), cards);
    EXPECT_TRUE(world.down().ok());
    EXPECT_TRUE(world.host.guards.empty());
}

TEST(Range, AHalfSuccessIsFoundByTheSecondTry) {
    World world;
    world.host.faults.push_back({"create-machine", "portal@north", Kind::half});
    world.host.faults.push_back({"create-network", "office@north", Kind::half});
    EXPECT_TRUE(world.up().ok());
    EXPECT_EQ(world.host.objects().size(), world.plan.segments.size() + world.plan.machines.size());
}

TEST(Range, AFailedNetworkTakesOnlyItsMachinesAlong) {
    World world;
    world.host.faults.push_back({"create-network", "office@south", Kind::refuse, {"simulated.refused", "", "no"}, 2});
    const auto outcome = world.up();
    EXPECT_EQ(outcome.failures.size(), 1U);
    EXPECT_EQ(outcome.skipped, 6U); // gate, portal, plc: create and make-ready
    EXPECT_TRUE(world.range().guests().connected("plc@north"));
}

TEST(Range, SomebodyElsesObjectInTheWayIsReportedAndNotTouched) {
    World world;
    world.host.plant_stranger("tst-sample-vantage");
    const auto outcome = world.up();
    ASSERT_EQ(outcome.failures.size(), 1U);
    EXPECT_EQ(outcome.failures[0].error.code, "simulated.exists");
    EXPECT_TRUE(world.down().ok());
    EXPECT_EQ(world.host.strangers().size(), 1U);
}

TEST(Range, AMachineThatDiesWhileBootingFailsAtOnce) {
    World world;
    std::optional<Outcome> outcome;
    world.range().up({}, {}, [&](Result<Outcome> result) { outcome = std::move(*result); });
    world.loop.advance(Millis(5'000));
    world.host.crash("plc@north", "crashed");
    world.loop.advance(Millis(20'000));
    ASSERT_TRUE(outcome);
    ASSERT_EQ(outcome->failures.size(), 1U);
    EXPECT_EQ(outcome->failures[0].error.code, "guest.gone");
    EXPECT_TRUE(world.up().ok());
}

TEST(Range, ASilentAgentFailsItsMachineAfterAWhile) {
    World world;
    std::optional<Outcome> outcome;
    world.range().up({}, {}, [&](Result<Outcome> result) { outcome = std::move(*result); });
    world.loop.advance(Millis(5'000));
    world.host.guest("plc@north")->silent = true;
    world.loop.advance(Millis(300'000));
    ASSERT_TRUE(outcome);
    ASSERT_EQ(outcome->failures.size(), 1U);
    EXPECT_EQ(outcome->failures[0].error.code, "guest.timeout");
}

TEST(Range, AnAgentsRefusalKeepsItsWords) {
    World world;
    std::optional<Outcome> outcome;
    world.range().up({}, {}, [&](Result<Outcome> result) { outcome = std::move(*result); });
    world.loop.advance(Millis(5'000));
    world.host.guest("plc@north")->refuse_personalise = Error("failed", "", "nft: syntax error, line 3");
    world.loop.advance(Millis(100'000));
    ASSERT_TRUE(outcome);
    EXPECT_EQ(describe(outcome->failures.at(0)), "plc@north: make-ready: failed: nft: syntax error, line 3");
}

TEST(Range, ResetMakesOneMachineAnew) {
    World world;
    world.up();
    world.host.guest("portal@north")->files["/etc/changed"] = "by an intruder";
    world.range().on_gone([](const auto& machine, const auto&) { FAIL() << machine << " is not lost"; });
    const auto outcome = world.finish([&](auto done) { world.range().reset({"portal@north"}, {}, done); });
    EXPECT_TRUE(outcome.ok());
    EXPECT_EQ(outcome.changed, 3U);
    EXPECT_FALSE(world.host.guest("portal@north")->files.contains("/etc/changed"));
    EXPECT_TRUE(world.range().guests().connected("portal@north"));
}

TEST(Range, MachinesAreRolledBackToWhatWasKept) {
    World world;
    world.up();
    const std::set<std::string> both{"portal@north", "plc@north"}; // a container and a virtual machine
    for (const auto& machine : both)
        world.host.guest(machine)->files["/etc/mine"] = "by the team";
    EXPECT_TRUE(world.finish([&](auto done) { world.range().keep(both, "before", world.snapshots(), {}, done); }).ok());
    for (const auto& machine : both)
        world.host.guest(machine)->files["/etc/mine"] = "by an intruder";
    world.host.guest("portal@south")->files["/etc/mine"] = "of another team";
    world.restart();
    world.range().on_gone([](const auto& machine, const auto&) { FAIL() << machine << " is not lost"; });
    EXPECT_TRUE(
        world.finish([&](auto done) { world.range().roll_back(both, "before", world.snapshots(), {}, done); }).ok());
    for (const auto& machine : both) {
        EXPECT_EQ(world.host.guest(machine)->files["/etc/mine"], "by the team") << machine;
        EXPECT_TRUE(world.range().guests().connected(machine)) << machine;
    }
    EXPECT_EQ(world.host.guest("portal@south")->files["/etc/mine"], "of another team");
    EXPECT_EQ(world.up().changed, 0U) << "it is as planned";
}

TEST(Range, NothingIsRolledBackUnlessAllWasKept) {
    World world;
    world.up();
    world.finish([&](auto done) { world.range().keep({"portal@north"}, "before", world.snapshots(), {}, done); });
    world.host.guest("portal@north")->files["/etc/mine"] = "later";
    const auto refused = [&](const std::set<std::string>& machines, const std::string& snapshot) {
        std::string words;
        world.range().roll_back(machines, snapshot, world.snapshots(), {},
                                [&](const Result<Outcome>& outcome) { words = outcome.error().text(); });
        world.loop.advance(Millis(10));
        return words;
    };
    EXPECT_EQ(refused({"portal@north", "plc@north"}, "before"),
              "snapshot.unknown: plc@north: was not kept as before; nothing was kept of it");
    EXPECT_EQ(refused({"portal@north"}, "after"),
              "snapshot.unknown: portal@north: was not kept as after; as before it was");
    EXPECT_EQ(world.host.guest("portal@north")->files["/etc/mine"], "later");
}

TEST(Range, WhatDoesNotRunAsPlannedIsNotKept) {
    World world;
    world.up();
    world.host.crash("portal@north", "crashed");
    std::string words;
    world.range().keep({"portal@north"}, "before", world.snapshots(), {},
                       [&](const Result<Outcome>& outcome) { words = outcome.error().text(); });
    world.loop.advance(Millis(3'000));
    EXPECT_EQ(words.substr(0, 40), "range.not-as-planned: portal@north: is m");
    EXPECT_TRUE(world.snapshots().list().empty());
    std::string name;
    world.range().keep({"plc@north"}, "../x", world.snapshots(), {},
                       [&](const Result<Outcome>& outcome) { name = outcome.error().code; });
    world.loop.advance(Millis(3'000));
    EXPECT_EQ(name, "snapshot.invalid");
}

TEST(Range, AttachFindsWhatRunsAndNamesWhatDoesNot) {
    World world;
    world.up();
    world.restart();
    world.host.crash("vantage", "crashed");
    std::optional<std::vector<Range::MachineStatus>> missing;
    world.range().attach([&](auto result) { missing = *result; });
    world.loop.advance(Millis(3'000));
    ASSERT_EQ(missing.value().size(), 1U);
    EXPECT_EQ(missing->at(0).machine, "vantage");
    EXPECT_EQ(missing->at(0).state, "missing");
    EXPECT_TRUE(world.range().guests().connected("plc@south"));
    EXPECT_FALSE(world.range().guests().connected("vantage"));
}

TEST(Range, SecondsLeftFallToNothing) {
    World world;
    std::vector<Millis> left;
    world.finish([&](auto done) {
        world.range().up(
            {}, [&](const Progress& p) { left.push_back(p.left); }, done);
    });
    EXPECT_GT(left.front(), Millis(20'000));
    EXPECT_EQ(left.back(), Millis(0));
}

// Killed at any of 200 moments of an up, a reset or a down, with the host failing now and then as well: one more
// command, and the range is as planned or gone; nothing in between, nothing left, nothing of others touched.
class KilledAt : public testing::TestWithParam<int> {
  protected:
    KilledAt() { world.host.plant_stranger("default"); }

    // Of this moment, and the same in every run.
    std::uint32_t dice(std::uint32_t sides) {
        state_ = state_ * 1'664'525 + 1'013'904'223;
        return (state_ >> 8) % sides;
    }
    void kill_within(Millis most) {
        world.loop.advance(Millis(dice(static_cast<std::uint32_t>(most.count()))));
        world.restart();
    }
    void plant_faults() {
        constexpr std::array acts{"create-network", "create-machine", "destroy", "open-agent"};
        constexpr std::array kinds{Kind::refuse, Kind::half, Kind::lost};
        for (auto n = dice(3); n > 0; --n)
            world.host.faults.push_back({acts[dice(acts.size())], "", kinds[dice(kinds.size())]});
    }
    void expect_whole() {
        world.host.faults.clear();
        EXPECT_TRUE(world.up().ok());
        EXPECT_EQ(world.host.objects().size(), world.plan.segments.size() + world.plan.machines.size());
        for (const auto& machine : world.plan.machines)
            EXPECT_EQ(world.host.guest(machine.id)->personalised, 1) << machine.id;
        EXPECT_EQ(world.up().changed, 0U);
    }
    void expect_nothing() {
        world.host.faults.clear();
        EXPECT_TRUE(world.down().ok());
        EXPECT_TRUE(world.host.objects().empty());
        world.loop.advance(Millis(60'000)); // what the host was still at
        EXPECT_TRUE(world.host.objects().empty());
        EXPECT_EQ(world.host.strangers().size(), 1U);
    }

    World world;

  private:
    std::uint32_t state_ = static_cast<std::uint32_t>(GetParam()) * 7'919 + 1;
};

TEST_P(KilledAt, AnUpIsFinishedByTheNext) {
    plant_faults();
    world.range().up({}, {}, [](auto) {});
    kill_within(Millis(20'000));
    expect_whole();
    expect_nothing();
}

TEST_P(KilledAt, AnUpIsUndoneByADown) {
    plant_faults();
    world.range().up({}, {}, [](auto) {});
    kill_within(Millis(dice(2) == 0 ? 600 : 20'000));
    expect_nothing();
}

TEST_P(KilledAt, AResetIsFinishedByAnUp) {
    world.up();
    plant_faults();
    world.range().reset({"portal@north", "plc@north"}, {}, [](auto) {});
    kill_within(Millis(dice(2) == 0 ? 600 : 20'000));
    expect_whole();
    expect_nothing();
}

TEST_P(KilledAt, ARollbackIsFinishedByAnUp) {
    world.up();
    const std::set<std::string> both{"portal@north", "plc@north"};
    world.finish([&](auto done) { world.range().keep(both, "before", world.snapshots(), {}, done); });
    plant_faults();
    world.range().roll_back(both, "before", world.snapshots(), {}, [](auto) {});
    kill_within(Millis(dice(2) == 0 ? 600 : 20'000));
    world.host.faults.clear();
    EXPECT_TRUE(world.up().ok());
    EXPECT_EQ(world.up().changed, 0U);
    EXPECT_EQ(world.host.objects().size(), world.plan.segments.size() + world.plan.machines.size());
    expect_nothing();
}

TEST_P(KilledAt, ADownIsFinishedByTheNext) {
    world.up();
    plant_faults();
    world.range().down({}, [](auto) {});
    kill_within(Millis(1'000));
    if (dice(2) == 0)
        expect_whole();
    expect_nothing();
}

TEST_P(KilledAt, AgainAndAgainIsNoWorse) {
    for (int i = 0; i < 4; ++i) {
        if (dice(3) == 0)
            world.range().down({}, [](auto) {});
        else
            world.range().up({}, {}, [](auto) {});
        kill_within(Millis(3'000));
    }
    expect_whole();
    expect_nothing();
}

INSTANTIATE_TEST_SUITE_P(Moments, KilledAt, testing::Range(0, 200));

TEST(Range, AClockThatJumpsChangesNothing) {
    World world;
    world.range().up({}, {}, [](auto) {});
    world.loop.advance(Millis(1'000));
    world.loop.set_wall(world.loop.clock().wall() - std::chrono::hours(24 * 365));
    world.restart();
    EXPECT_TRUE(world.up().ok());
    world.loop.set_wall(world.loop.clock().wall() + std::chrono::hours(24 * 3650));
    EXPECT_EQ(world.up().changed, 0U);
    EXPECT_TRUE(world.down().ok());
    EXPECT_TRUE(world.host.objects().empty());
}

} // namespace
} // namespace testudo::range
