#pragma once
#include <algorithm>
#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/range/goal.hpp"
#include "orchestrator/range/hypervisor.hpp"
#include "tests/plan/sample_plan.hpp"

// What every Hypervisor must do. An adapter's test gives a World and instantiates the suite with it:
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Libvirt, HypervisorContract, LibvirtWorld);
//
// World: a default constructor; hypervisor(); image() and vm_image(), names of a container's and a full machine's
// image; run_until(predicate), which turns the Loop until the predicate holds (true) or the World's patience is over
// (false); plant_stranger(name), which makes a network without our mark, and has_stranger(name). A world of several
// hosts has placement(plan) as well.
namespace testudo::range {

template <class World> class HypervisorContract : public testing::Test {
  protected:
    HypervisorContract() {
        auto plan = plan::sample_plan();
        plan.exercise = "contract";
        for (auto& segment : plan.segments)
            segment.network = "contract-" + segment.network;
        for (auto& machine : plan.machines) {
            machine.domain = "contract-" + machine.domain;
            machine.image = machine.kind == plan::MachineKind::vm ? world_.vm_image() : world_.image();
        }
        if constexpr (requires { world_.placement(plan); })
            goal_ = goal_of(plan, "seed", world_.placement(plan));
        else
            goal_ = goal_of(plan, "seed");
    }
    ~HypervisorContract() override {
        for (const auto kind : {ObjectKind::machine, ObjectKind::network})
            for (const auto& object : ours())
                if (object.kind == kind)
                    destroy(object);
    }

    template <class T> Result<T> wait(const std::function<void(Hypervisor::Done<T>)>& call) {
        std::optional<Result<T>> result;
        call([&](Result<T> r) {
            EXPECT_FALSE(result) << "done was called twice";
            result = std::move(r);
        });
        EXPECT_FALSE(result) << "done was called from inside the call";
        if (!world_.run_until([&] { return result.has_value(); }))
            return fail("contract.no-answer", "", "done was never called");
        return std::move(*result);
    }
    Hypervisor& hypervisor() { return world_.hypervisor(); }

    std::vector<Observed> ours() {
        auto all = wait<std::vector<Observed>>([&](auto done) { hypervisor().list(done); });
        EXPECT_TRUE(all) << all.error().text();
        if (!all)
            return {};
        std::vector<Observed> found;
        for (const auto& object : *all) {
            if (object.mark.exercise != "contract")
                continue;
            const auto other = std::find_if(found.begin(), found.end(), [&](const Observed& o) {
                return o.kind == ObjectKind::network && object.kind == o.kind && o.name == object.name;
            });
            if (other == found.end())
                found.push_back(object);
            else
                other->host.clear(); // a network on several hosts: all of it
        }
        return found;
    }
    Result<void> create(const NetworkSpec& spec) {
        return wait<void>([&](auto done) { hypervisor().create_network(spec, done); });
    }
    Result<void> create(const MachineSpec& spec) {
        return wait<void>([&](auto done) { hypervisor().create_machine(spec, done); });
    }
    Result<void> destroy(const Observed& object) {
        return wait<void>([&](auto done) { hypervisor().destroy(object, done); });
    }
    void create_networks() {
        for (const auto& network : goal_.networks)
            ASSERT_TRUE(create(network));
    }
    Result<void> save(const MachineSpec& spec, const std::string& snapshot) {
        return wait<void>([&](auto done) { hypervisor().save_machine(ref_of(spec), snapshot, done); });
    }
    Result<void> restore(const MachineSpec& spec, const std::string& snapshot) {
        return wait<void>([&](auto done) { hypervisor().restore_machine(spec, snapshot, done); });
    }
    Result<void> forget(const MachineSpec& spec, const std::string& snapshot) {
        return wait<void>([&](auto done) { hypervisor().forget_snapshot(ref_of(spec), snapshot, done); });
    }
    Result<void> remove(const MachineSpec& spec) {
        return destroy({ObjectKind::machine, spec.kind, spec.mark, spec.name, spec.uuid, true, ""});
    }
    // The one machine that is there, and runs.
    void expect_running(const MachineSpec& spec) {
        auto found = ours();
        std::erase_if(found, [](const Observed& o) { return o.kind != ObjectKind::machine; });
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found[0].machine, spec.kind);
        EXPECT_EQ(found[0].mark, spec.mark);
        EXPECT_EQ(found[0].uuid, spec.uuid);
        EXPECT_TRUE(found[0].running) << found[0].state;
    }
    const MachineSpec& full_machine() const { return goal_.machine("plc@north")->spec; }
    const MachineSpec& container() const { return goal_.machine("portal@north")->spec; }

    World world_;
    Goal goal_;
};

TYPED_TEST_SUITE_P(HypervisorContract);

TYPED_TEST_P(HypervisorContract, ANetworkIsFoundAgainByItsMark) {
    const auto& spec = this->goal_.networks.front();
    const auto created = this->create(spec);
    ASSERT_TRUE(created) << created.error().text();
    const auto found = this->ours();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].kind, ObjectKind::network);
    EXPECT_EQ(found[0].mark, spec.mark);
    EXPECT_EQ(found[0].name, spec.name);
    EXPECT_EQ(found[0].uuid, spec.uuid);
    EXPECT_TRUE(found[0].running);
    EXPECT_TRUE(this->destroy(found[0]));
    EXPECT_TRUE(this->ours().empty());
}

TYPED_TEST_P(HypervisorContract, AMachineIsFoundAgainByItsMark) {
    this->create_networks();
    const auto& spec = this->container();
    const auto created = this->create(spec);
    ASSERT_TRUE(created) << created.error().text();
    auto found = this->ours();
    std::erase_if(found, [](const Observed& o) { return o.kind != ObjectKind::machine; });
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].machine, plan::MachineKind::container);
    EXPECT_EQ(found[0].mark, spec.mark);
    EXPECT_EQ(found[0].name, spec.name);
    EXPECT_EQ(found[0].uuid, spec.uuid);
    EXPECT_TRUE(found[0].running) << found[0].state;
    EXPECT_TRUE(this->destroy(found[0]));
    EXPECT_EQ(this->ours().size(), this->goal_.networks.size());
}

TYPED_TEST_P(HypervisorContract, CreatingTwiceIsCreatingOnce) {
    this->create_networks();
    this->create_networks();
    EXPECT_TRUE(this->create(this->container()));
    EXPECT_TRUE(this->create(this->container()));
    EXPECT_EQ(this->ours().size(), this->goal_.networks.size() + 1);
}

TYPED_TEST_P(HypervisorContract, AnObjectOfAnotherSpecificationIsNotTakenForOurs) {
    this->create_networks();
    ASSERT_TRUE(this->create(this->container()));
    auto changed = this->container();
    changed.mark.spec = "another";
    const auto second = this->create(changed);
    ASSERT_FALSE(second);
    EXPECT_FALSE(second.error().message.empty());
}

TYPED_TEST_P(HypervisorContract, DestroyingWhatIsNotThereSucceeds) {
    const auto& network = this->goal_.networks.front();
    EXPECT_TRUE(this->destroy({ObjectKind::network, {}, network.mark, network.name, network.uuid, true, ""}));
    const auto& machine = this->container();
    EXPECT_TRUE(this->destroy({ObjectKind::machine, machine.kind, machine.mark, machine.name, machine.uuid, true, ""}));
}

TYPED_TEST_P(HypervisorContract, WhatIsNotOursIsNeverTouched) {
    const auto& network = this->goal_.networks.front();
    this->world_.plant_stranger(network.name);
    EXPECT_TRUE(this->ours().empty());
    const auto created = this->create(network);
    ASSERT_FALSE(created);
    EXPECT_FALSE(created.error().message.empty());
    const auto destroyed = this->destroy({ObjectKind::network, {}, network.mark, network.name, network.uuid, true, ""});
    ASSERT_FALSE(destroyed);
    EXPECT_EQ(destroyed.error().code, "range.not-ours");
    EXPECT_TRUE(this->world_.has_stranger(network.name));
}

TYPED_TEST_P(HypervisorContract, ObjectsOfAnotherExerciseAreRefused) {
    const auto& network = this->goal_.networks.front();
    ASSERT_TRUE(this->create(network));
    auto object = this->ours().at(0);
    object.mark.exercise = "another";
    const auto destroyed = this->destroy(object);
    ASSERT_FALSE(destroyed);
    EXPECT_EQ(destroyed.error().code, "range.not-ours");
    EXPECT_EQ(this->ours().size(), 1U);
}

TYPED_TEST_P(HypervisorContract, AMachineWithoutItsNetworkIsRefusedAndLeavesNothing) {
    const auto created = this->create(this->container());
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().object, this->container().mark.object);
    EXPECT_FALSE(created.error().message.empty());
    EXPECT_TRUE(this->ours().empty());
}

TYPED_TEST_P(HypervisorContract, NoChannelToAMachineThatIsNotThere) {
    const auto channel = this->template wait<Hypervisor::Channel>(
        [&](auto done) { this->hypervisor().open_agent(ref_of(this->container()), done); });
    EXPECT_FALSE(channel);
}

TYPED_TEST_P(HypervisorContract, ASavedMachineComesBackAfterItIsGone) {
    this->create_networks();
    const auto& spec = this->full_machine();
    const auto created = this->create(spec);
    ASSERT_TRUE(created) << created.error().text();
    this->expect_running(spec);
    for (const auto* snapshot : {"first", "second", "first"}) { // the last in place of the first
        const auto saved = this->save(spec, snapshot);
        ASSERT_TRUE(saved) << saved.error().text();
    }
    this->expect_running(spec);
    ASSERT_TRUE(this->remove(spec));
    EXPECT_EQ(this->ours().size(), this->goal_.networks.size());

    auto changed = spec;
    changed.mark.spec = "another";
    const auto refused = this->restore(changed, "first");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "range.other-spec");
    EXPECT_EQ(this->ours().size(), this->goal_.networks.size());

    ASSERT_TRUE(this->forget(spec, "second")); // which the other does not need
    for (int i = 0; i < 2; ++i) {
        const auto restored = this->restore(spec, "first");
        ASSERT_TRUE(restored) << restored.error().text();
        this->expect_running(spec);
        ASSERT_TRUE(this->remove(spec));
    }
    EXPECT_TRUE(this->forget(spec, "first"));
    EXPECT_TRUE(this->forget(spec, "first"));
    const auto absent = this->restore(spec, "first");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code, "range.no-snapshot");
    EXPECT_EQ(this->ours().size(), this->goal_.networks.size());
}

TYPED_TEST_P(HypervisorContract, AContainerCannotBeSaved) {
    this->create_networks();
    ASSERT_TRUE(this->create(this->container()));
    const auto saved = this->save(this->container(), "first");
    ASSERT_FALSE(saved);
    EXPECT_EQ(saved.error().code, "range.unsupported");
    this->expect_running(this->container());
}

TYPED_TEST_P(HypervisorContract, OnlyFullMachinesHaveADisplay) {
    this->create_networks();
    const auto open = [&](const MachineSpec& spec) {
        return this->template wait<Hypervisor::Channel>(
            [&](auto done) { this->hypervisor().open_display(ref_of(spec), done); });
    };
    EXPECT_FALSE(open(this->full_machine())); // is not there yet
    for (const auto* spec : {&this->full_machine(), &this->container()}) {
        const auto created = this->create(*spec);
        ASSERT_TRUE(created) << created.error().text();
    }
    const auto refused = open(this->container());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "range.unsupported");
    const auto display = open(this->full_machine());
    ASSERT_TRUE(display) << display.error().text();
    std::string seen;
    (*display)->listen({[&](std::string_view bytes) { seen += bytes; }, [](const Error&) {}});
    EXPECT_TRUE(this->world_.run_until([&] { return seen.size() >= 12; }));
    EXPECT_EQ(seen.substr(0, 12), "RFB 003.008\n");
}

TYPED_TEST_P(HypervisorContract, WhatIsNotThereCannotBeSaved) {
    EXPECT_FALSE(this->save(this->full_machine(), "first"));
    EXPECT_TRUE(this->forget(this->full_machine(), "first"));
}

TYPED_TEST_P(HypervisorContract, GuardsAreReplacedAndTakenAway) {
    const auto guard = [this](const Guard& wanted) {
        return this->template wait<void>([&](auto done) { this->hypervisor().guard(wanted, done); });
    };
    const auto unguard = [this] {
        return this->template wait<void>([&](auto done) { this->hypervisor().unguard("contract", done); });
    };
    ASSERT_FALSE(this->goal_.guard.ports.empty());
    for (int twice = 0; twice < 2; ++twice) {
        const auto guarded = guard(this->goal_.guard);
        ASSERT_TRUE(guarded) << guarded.error().text();
    }
    ASSERT_TRUE(guard({"contract", {}})) << "of no card at all";
    for (int twice = 0; twice < 2; ++twice) {
        const auto gone = unguard();
        ASSERT_TRUE(gone) << gone.error().text();
    }
}

TYPED_TEST_P(HypervisorContract, TellsWhatTheHostIs) {
    const auto info = this->template wait<HostInfo>([&](auto done) { this->hypervisor().host_info(done); });
    ASSERT_TRUE(info) << info.error().text();
    EXPECT_GT(info->cpus, 0);
    EXPECT_GT(info->memory_mib, 0);
}

REGISTER_TYPED_TEST_SUITE_P(HypervisorContract, ANetworkIsFoundAgainByItsMark, AMachineIsFoundAgainByItsMark,
                            CreatingTwiceIsCreatingOnce, AnObjectOfAnotherSpecificationIsNotTakenForOurs,
                            DestroyingWhatIsNotThereSucceeds, WhatIsNotOursIsNeverTouched,
                            ObjectsOfAnotherExerciseAreRefused, AMachineWithoutItsNetworkIsRefusedAndLeavesNothing,
                            NoChannelToAMachineThatIsNotThere, ASavedMachineComesBackAfterItIsGone,
                            AContainerCannotBeSaved, OnlyFullMachinesHaveADisplay, WhatIsNotThereCannotBeSaved,
                            GuardsAreReplacedAndTakenAway, TellsWhatTheHostIs);

} // namespace testudo::range
