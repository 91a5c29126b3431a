#include "orchestrator/range/host_pool.hpp"

#include <filesystem>
#include <gmock/gmock.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/range/range.hpp"
#include "orchestrator/range/simulated_hypervisor.hpp"
#include "tests/contract/hypervisor_contract.hpp"

namespace testudo::range {
namespace {

Placement south_on_beta(const plan::Plan& plan) {
    Placement placement;
    for (const auto& machine : plan.machines)
        placement[machine.id] = machine.team == "south" ? "beta" : "alpha";
    return placement;
}

class TwoHosts {
  public:
    TwoHosts() {
        std::vector<HostPool::Member> members;
        members.push_back({"alpha", "198.18.254.1", std::make_unique<SimulatedHypervisor>(loop_, alpha)});
        members.push_back({"beta", "198.18.254.2", std::make_unique<SimulatedHypervisor>(loop_, beta)});
        pool_ = std::make_unique<HostPool>(loop_, std::move(members));
    }
    HostPool& hypervisor() { return *pool_; }
    Placement placement(const plan::Plan& plan) const { return south_on_beta(plan); }
    std::string image() const { return "debian-range"; }
    std::string vm_image() const { return "debian-vm"; }
    bool run_until(const std::function<bool()>& predicate) {
        for (int i = 0; i < 300 && !predicate(); ++i)
            loop_.advance(Millis(100));
        return predicate();
    }
    void plant_stranger(const std::string& name) { beta.plant_stranger(name); }
    bool has_stranger(const std::string& name) const {
        return std::count(beta.strangers().begin(), beta.strangers().end(), name) == 1;
    }

    VirtualLoop& loop() { return loop_; }

  private:
    VirtualLoop loop_;

  public:
    SimulatedHost alpha{loop_};
    SimulatedHost beta{loop_};

  private:
    std::unique_ptr<HostPool> pool_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(TwoHosts, HypervisorContract, TwoHosts);

class HostPoolTest : public testing::Test {
  protected:
    Result<std::vector<Observed>> list() {
        std::optional<Result<std::vector<Observed>>> found;
        world_.hypervisor().list([&](auto result) { found = std::move(result); });
        world_.run_until([&] { return found.has_value(); });
        return *found;
    }
    Result<void> call(const std::function<void(Hypervisor::Done<void>)>& what) {
        std::optional<Result<void>> done;
        what([&](Result<void> result) { done = std::move(result); });
        world_.run_until([&] { return done.has_value(); });
        return *done;
    }
    using Fault = SimulatedHost::Fault;

    TwoHosts world_;
    Goal goal_ = goal_of(plan::sample_plan(), "seed", south_on_beta(plan::sample_plan()));
};

TEST_F(HostPoolTest, AHostThatRefusesIsLostAndSparesTheOthers) {
    std::vector<std::string> told;
    world_.hypervisor().on_host([&](const auto& host, bool up, const auto& reason) {
        told.push_back(host + (up ? " is back" : " is lost: " + reason));
    });
    for (const auto& network : goal_.networks)
        ASSERT_TRUE(call([&](auto done) { world_.hypervisor().create_network(network, done); }));
    const auto all = list()->size();
    world_.beta.faults.push_back({"list", "", Fault::Kind::refuse, {"libvirt.connect", "", "no route to host"}, 1});
    const auto found = list();
    ASSERT_TRUE(found);
    EXPECT_LT(found->size(), all);
    for (const auto& object : *found)
        EXPECT_EQ(object.host, "alpha");
    EXPECT_EQ(world_.hypervisor().lost(), (std::map<std::string, std::string>{{"beta", "no route to host"}}));
    const auto refused =
        call([&](auto done) { world_.hypervisor().create_machine(goal_.machine("portal@south")->spec, done); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "range.host-lost");
    EXPECT_EQ(refused.error().message, "its host beta is lost: no route to host");
    EXPECT_EQ(list()->size(), all);
    EXPECT_EQ(told, (std::vector<std::string>{"beta is lost: no route to host", "beta is back"}));
}

TEST_F(HostPoolTest, AHostThatHangsIsWaitedForOnceAndItsLateAnswerBringsItBack) {
    world_.beta.faults.push_back({"list", "", Fault::Kind::hang});
    ASSERT_TRUE(list());
    EXPECT_EQ(world_.hypervisor().lost().at("beta"), "it has not answered for 10 s");
    ASSERT_TRUE(list());
    EXPECT_EQ(std::count(world_.beta.calls.begin(), world_.beta.calls.end(), "list "), 1);
    int turns = 0;
    for (; turns < 10 && !world_.hypervisor().lost().empty(); ++turns)
        world_.run_until([] { return false; });
    EXPECT_LT(turns, 10);
}

TEST_F(HostPoolTest, ASegmentOnTwoHostsNeedsBothUnderlays) {
    VirtualLoop loop;
    SimulatedHost host(loop);
    std::vector<HostPool::Member> members;
    members.push_back({"alpha", "198.18.254.1", std::make_unique<SimulatedHypervisor>(loop, host)});
    members.push_back({"beta", "", std::make_unique<SimulatedHypervisor>(loop, host)});
    HostPool pool(loop, std::move(members));
    std::optional<Result<void>> done;
    pool.create_network(*goal_.network("internet"), [&](Result<void> result) { done = std::move(result); });
    loop.advance(Millis(1'000));
    ASSERT_TRUE(done && !*done);
    EXPECT_EQ((*done).error().code, "range.no-underlay");
    EXPECT_TRUE(host.objects().empty());
}

TEST_F(HostPoolTest, EachHostGuardsItsOwnCardsAndTrunks) {
    ASSERT_TRUE(call([&](auto done) { world_.hypervisor().guard(goal_.guard, done); }));
    const auto& alpha = world_.alpha.guards.at("sample");
    const auto& beta = world_.beta.guards.at("sample");
    EXPECT_EQ(alpha.ports.size() + beta.ports.size(), goal_.guard.ports.size());
    EXPECT_FALSE(beta.ports.empty());
    const std::vector<std::string> both{goal_.network("internet")->bridge};
    EXPECT_EQ(alpha.trunked, both);
    EXPECT_EQ(beta.trunked, both);
}

std::vector<Observed> all_of(const Goal& goal) {
    std::vector<Observed> observed;
    for (const auto& n : goal.networks)
        for (const auto& host : n.hosts)
            observed.push_back({ObjectKind::network, {}, n.mark, n.name, n.uuid, true, "running", host});
    for (const auto& m : goal.machines)
        observed.push_back(
            {ObjectKind::machine, m.spec.kind, m.spec.mark, m.spec.name, m.spec.uuid, true, "running", m.spec.host});
    return observed;
}

std::vector<std::string> told(const std::vector<Step>& steps) {
    std::vector<std::string> lines;
    for (const auto& step : steps)
        if (step.act != Step::Act::make_ready && step.act != Step::Act::join_network)
            lines.push_back(describe(step));
    return lines;
}

TEST_F(HostPoolTest, AHostIsNoReasonToMakeAMachineAnewUnlessItStandsOnAnother) {
    EXPECT_EQ(goal_.machine("portal@south")->spec.mark,
              goal_of(plan::sample_plan(), "seed").machine("portal@south")->spec.mark);
    EXPECT_TRUE(told(steps_up(goal_, all_of(goal_))).empty());
    auto moved = all_of(goal_);
    for (auto& object : moved)
        if (object.mark.object == "portal@south")
            object.host = "alpha";
    EXPECT_EQ(told(steps_up(goal_, moved)),
              (std::vector<std::string>{"remove machine portal@south: it is on alpha and belongs on beta",
                                        "create container portal@south: it is on alpha and belongs on beta"}));
}

TEST_F(HostPoolTest, ANetworkIsMadeWhereItIsMissingAndItsMachinesElsewhereStay) {
    auto observed = all_of(goal_);
    std::erase_if(observed, [](const Observed& o) {
        return o.host == "beta" && o.kind == ObjectKind::network && o.mark.object == "internet";
    });
    const auto lines = told(steps_up(goal_, observed));
    EXPECT_EQ(lines, (std::vector<std::string>{"remove machine gate@south: its segment internet is made anew",
                                               "create network internet: it is missing on beta",
                                               "create container gate@south: its segment internet is made anew"}));
}

TEST_F(HostPoolTest, StaleCopiesGoBeforeAnAgentIsAsked) {
    auto observed = all_of(goal_);
    auto stale = *std::find_if(observed.begin(), observed.end(),
                               [](const Observed& o) { return o.mark.object == "portal@south"; });
    stale.host = "alpha";
    observed.push_back(stale);
    const auto steps = steps_up(goal_, observed);
    EXPECT_EQ(told(steps), std::vector<std::string>{"remove machine portal@south: it is on alpha and belongs on beta"});
    const auto ready = std::find_if(steps.begin(), steps.end(), [](const Step& s) {
        return s.object == "portal@south" && s.act == Step::Act::make_ready;
    });
    EXPECT_EQ(ready->after, std::vector<std::size_t>{0});
}

TEST_F(HostPoolTest, WhatBelongsOnALostHostIsLeftOut) {
    const LostHosts lost{{"beta", "no route to host"}};
    auto observed = all_of(goal_);
    std::erase_if(observed, [](const Observed& o) { return o.host == "beta"; });
    EXPECT_TRUE(told(steps_up(goal_, observed, lost)).empty());
    for (const auto& step : steps_up(goal_, {}, lost))
        EXPECT_FALSE(step.object.ends_with("@south")) << describe(step);
}

// A range on alpha and beta, of which beta fails, is evacuated, and comes back.
class LostHost : public HostPoolTest {
  protected:
    LostHost() {
        range_.on_host([this](const auto& host, bool up, const auto&, const auto& machines) {
            told_.push_back(host + (up ? " is back, " : " is lost, ") + std::to_string(machines.size()));
        });
        range_.on_gone([this](const auto& machine, const auto& reason) { gone_[machine] = reason; });
    }
    ~LostHost() override { std::filesystem::remove(file_); }

    Outcome finish(const std::function<void(Range::Done)>& command) {
        std::optional<Result<Outcome>> outcome;
        command([&](Result<Outcome> result) { outcome = std::move(result); });
        for (int i = 0; i < 2'000 && !outcome; ++i)
            world_.loop().advance(Millis(500));
        if (!outcome || !*outcome)
            throw std::runtime_error(outcome ? outcome->error().text() : "the command did not end");
        return **outcome;
    }
    Outcome up() {
        return finish([this](auto done) { range_.up({}, {}, done); });
    }
    void lose_beta() {
        world_.beta.faults.push_back(
            {"list", "", Fault::Kind::refuse, {"libvirt.connect", "", "no route to host"}, 1'000'000});
        world_.loop().advance(Millis(6'000));
    }
    void bring_beta_back() {
        world_.beta.faults.clear();
        world_.loop().advance(Millis(12'000));
    }
    static std::set<std::string> machines_of(const SimulatedHost& host) {
        std::set<std::string> machines;
        for (const auto& object : host.objects())
            if (object.kind == ObjectKind::machine)
                machines.insert(object.mark.object);
        return machines;
    }

    plan::Plan plan_ = plan::sample_plan();
    std::filesystem::path file_ = std::filesystem::temp_directory_path() / ("testudo-journal-" + random_hex(6));
    std::unique_ptr<Journal> journal_ = std::move(*Journal::open(file_, world_.loop().clock()));
    Range range_{world_.loop(), world_.hypervisor(), *journal_, plan_, "seed", {}, south_on_beta(plan_)};
    std::vector<std::string> told_;
    std::map<std::string, std::string> gone_;
    const std::set<std::string> south_{"gate@south", "plc@south", "portal@south"};
};

TEST_F(LostHost, ItsMachinesAreToldAndComeBackWithItUntouched) {
    world_.hypervisor().watch(Millis(5'000));
    ASSERT_TRUE(up().ok());
    ASSERT_EQ(machines_of(world_.beta), south_);
    world_.beta.guest("portal@south")->files["/srv/kept"] = "by its team";
    lose_beta();
    EXPECT_EQ(told_, std::vector<std::string>{"beta is lost, 3"});
    EXPECT_EQ(gone_.at("portal@south"), "its host beta is lost: no route to host");
    EXPECT_EQ(gone_.size(), 3U);
    EXPECT_FALSE(range_.guests().connected("portal@south"));
    EXPECT_TRUE(range_.guests().connected("portal@north"));
    bring_beta_back();
    EXPECT_EQ(told_.back(), "beta is back, 3");
    EXPECT_TRUE(range_.guests().connected("portal@south"));
    EXPECT_TRUE(world_.beta.guest("portal@south")->files.contains("/srv/kept"));
}

TEST_F(LostHost, UpLeavesItsMachinesOutAndNamesTheWayOn) {
    ASSERT_TRUE(up().ok());
    lose_beta();
    const auto outcome = up();
    EXPECT_EQ(outcome.changed, 0U);
    std::set<std::string> failed;
    for (const auto& failure : outcome.failures) {
        EXPECT_EQ(failure.error.code, "range.host-lost");
        EXPECT_THAT(failure.error.message, testing::HasSubstr("testudo evacuate"));
        failed.insert(failure.step.object);
    }
    EXPECT_EQ(failed, south_);
    EXPECT_EQ(machines_of(world_.alpha).count("portal@south"), 0U);
}

TEST_F(LostHost, EvacuatedMachinesComeUpElsewhereAndStaleCopiesGoWhenTheHostIsBack) {
    world_.hypervisor().watch(Millis(5'000));
    ASSERT_TRUE(up().ok());
    lose_beta();
    Placement alone;
    for (const auto& machine : plan_.machines)
        alone[machine.id] = "alpha";
    range_.place(plan_, "seed", alone);
    EXPECT_TRUE(up().ok());
    EXPECT_EQ(machines_of(world_.alpha).size(), plan_.machines.size());
    EXPECT_TRUE(range_.guests().connected("portal@south"));
    gone_.clear();
    bring_beta_back();
    EXPECT_EQ(machines_of(world_.beta), south_) << "nothing is removed that nobody asked to remove";
    EXPECT_TRUE(up().ok());
    EXPECT_TRUE(world_.beta.objects().empty());
    EXPECT_EQ(machines_of(world_.alpha).size(), plan_.machines.size());
    EXPECT_TRUE(range_.guests().connected("portal@south"));
    EXPECT_TRUE(gone_.empty()) << "a stale copy is no machine that is gone";
}

TEST_F(LostHost, DownTellsWhatIsLeftOnIt) {
    ASSERT_TRUE(up().ok());
    lose_beta();
    const auto outcome = finish([this](auto done) { range_.down({}, done); });
    ASSERT_EQ(outcome.failures.size(), 1U);
    EXPECT_EQ(outcome.failures[0].error.code, "range.host-lost");
    EXPECT_TRUE(world_.alpha.objects().empty());
    bring_beta_back();
    EXPECT_TRUE(finish([this](auto done) { range_.down({}, done); }).ok());
    EXPECT_TRUE(world_.beta.objects().empty());
}

} // namespace
} // namespace testudo::range
