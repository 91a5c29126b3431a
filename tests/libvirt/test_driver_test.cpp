// The adapter's use of libvirt's interface, against the driver that libvirt itself simulates (test:///).

#include <gtest/gtest.h>

#include "orchestrator/libvirt/handles.hpp"
#include "orchestrator/libvirt/libvirt_hypervisor.hpp"
#include "orchestrator/range/goal.hpp"
#include "tests/plan/sample_plan.hpp"
#include "tests/range/pump_loop.hpp"

namespace testudo::libvirt {
namespace {

class TestDriver : public testing::Test {
  protected:
    ~TestDriver() override {
        for (const auto& object : list())
            wait<void>([&](auto done) { hypervisor_->destroy(object, done); });
    }
    template <class T> Result<T> wait(const std::function<void(range::Hypervisor::Done<T>)>& call) {
        std::optional<Result<T>> result;
        call([&](Result<T> r) { result = std::move(r); });
        EXPECT_TRUE(loop_.run_until([&] { return result.has_value(); }, Millis(20'000)));
        return std::move(*result);
    }
    std::vector<range::Observed> list() {
        return *wait<std::vector<range::Observed>>([&](auto done) { hypervisor_->list(done); });
    }
    Result<void> create(const range::NetworkSpec& spec) {
        return wait<void>([&](auto done) { hypervisor_->create_network(spec, done); });
    }

    PumpLoop loop_;
    // test:///default is one for all connections of a process.
    Host host_{"test:///default", "test:///default", "tcg", "/nonexistent", "/nonexistent", "/nonexistent"};
    std::unique_ptr<range::Hypervisor> hypervisor_ = make_hypervisor(loop_, host_);
    range::Goal goal_ = range::goal_of(plan::sample_plan(), "seed");
};

TEST_F(TestDriver, NetworksAreMadeFoundAndRemoved) {
    for (const auto& network : goal_.networks) {
        const auto made = create(network);
        ASSERT_TRUE(made) << made.error().text();
        EXPECT_TRUE(create(network)) << "a second time";
    }
    const auto found = list();
    ASSERT_EQ(found.size(), goal_.networks.size());
    for (const auto& object : found)
        EXPECT_EQ(goal_.network(object.mark.object)->mark, object.mark);
}

TEST_F(TestDriver, StrangersAreNeitherListedNorTouched) {
    EXPECT_TRUE(list().empty()) << "the driver's own network and machine are not ours";
    auto network = goal_.networks[0];
    network.name = "default"; // the driver has one of that name
    EXPECT_EQ(create(network).error().code, "libvirt.exists");
    const auto destroyed = wait<void>([&](auto done) {
        hypervisor_->destroy({range::ObjectKind::network, {}, network.mark, "default", network.uuid, true, ""}, done);
    });
    EXPECT_EQ(destroyed.error().code, "range.not-ours");
    const auto machine = wait<void>([&](auto done) {
        hypervisor_->destroy({range::ObjectKind::machine, plan::MachineKind::vm, network.mark, "test", "", true, ""},
                             done);
    });
    EXPECT_EQ(machine.error().code, "range.not-ours");
}

TEST_F(TestDriver, RefusalsAreInLibvirtsWords) {
    auto network = goal_.networks[0];
    network.uuid = "not a uuid";
    const auto refused = create(network);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "libvirt.refused");
    EXPECT_NE(refused.error().message.find("malformed uuid"), std::string::npos) << refused.error().message;
}

TEST_F(TestDriver, AMissingImageFailsTheMachineByName) {
    const auto& spec = goal_.machine("portal@north")->spec;
    const auto refused = wait<void>([&](auto done) { hypervisor_->create_machine(spec, done); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "image.missing");
    EXPECT_EQ(refused.error().object, "portal@north");
}

TEST_F(TestDriver, TellsWhatTheHostIs) {
    const auto info = wait<range::HostInfo>([&](auto done) { hypervisor_->host_info(done); });
    ASSERT_TRUE(info);
    EXPECT_GT(info->cpus, 0);
}

TEST_F(TestDriver, AMachineThatStopsIsTold) {
    std::vector<std::string> gone;
    hypervisor_->on_vanished([&](const range::MachineRef& machine, const std::string& reason) {
        gone.push_back(machine.name + " " + reason);
    });
    list(); // connects
    {
        const Connect connection(virConnectOpen("test:///default"));
        const Domain machine(virDomainLookupByName(connection.get(), "test"));
        ASSERT_EQ(virDomainDestroy(machine.get()), 0);
        ASSERT_EQ(virDomainCreate(machine.get()), 0);
    }
    EXPECT_TRUE(loop_.run_until([&] { return !gone.empty(); }, Millis(5'000)));
    EXPECT_EQ(gone, std::vector<std::string>{"test destroyed"});
}

TEST_F(TestDriver, MayBeDestroyedWithCallsUnderWay) {
    for (int i = 0; i < 50; ++i)
        hypervisor_->list([](auto) { ADD_FAILURE() << "told after its end"; });
    hypervisor_.reset();
    loop_.run_until([] { return false; }, Millis(100));
    hypervisor_ = make_hypervisor(loop_, host_);
}

TEST(Unreachable, SaysWhatIsNotThere) {
    PumpLoop loop;
    const auto hypervisor = make_hypervisor(loop, Host::private_host("/nonexistent", "/i", "/d", "/a"));
    std::optional<Result<std::vector<range::Observed>>> listed;
    hypervisor->list([&](auto result) { listed = std::move(result); });
    ASSERT_TRUE(loop.run_until([&] { return listed.has_value(); }, Millis(20'000)));
    ASSERT_FALSE(*listed);
    EXPECT_EQ(listed->error().code, "libvirt.unreachable");
    EXPECT_NE(listed->error().message.find("deploy/range-host"), std::string::npos);
}

} // namespace
} // namespace testudo::libvirt
