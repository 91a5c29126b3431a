// The contract of Hypervisor and of GuestChannel on a real libvirt.

#include <fstream>

#include "tests/contract/guest_channel_contract.hpp"
#include "tests/contract/hypervisor_contract.hpp"
#include "tests/range/pump_loop.hpp"
#include "tests/range/real_host.hpp"
#include "tests/range/small_plan.hpp"

namespace testudo::range {
namespace {

constexpr Millis patience{60'000};

class RealWorld {
  public:
    ~RealWorld() {
        for (const auto& name : strangers_)
            RealHost::run(fmt::format("virsh -q -c '{}' net-destroy {}", RealHost::get().uri(), name));
    }
    Hypervisor& hypervisor() { return *hypervisor_; }
    std::string image() const { return "debian-range"; }
    std::string vm_image() const { return "debian-vm"; }
    bool run_until(const std::function<bool()>& predicate) { return loop_.run_until(predicate, patience); }
    void plant_stranger(const std::string& name) {
        const auto file = RealHost::get().data() / "stranger.xml";
        std::ofstream(file) << fmt::format("<network><name>{}</name><bridge name='tbstranger'/></network>", name);
        RealHost::run(fmt::format("virsh -q -c '{}' net-create {}", RealHost::get().uri(), file.string()));
        ASSERT_EQ(RealHost::last_status, 0);
        strangers_.push_back(name);
    }
    bool has_stranger(const std::string& name) const {
        return RealHost::run(fmt::format("virsh -q -c '{}' net-list --name", RealHost::get().uri())).find(name) !=
               std::string::npos;
    }

  private:
    PumpLoop loop_;
    std::unique_ptr<Hypervisor> hypervisor_ = libvirt::make_hypervisor(loop_, RealHost::get().config());
    std::vector<std::string> strangers_;
};

INSTANTIATE_TYPED_TEST_SUITE_P(Libvirt, HypervisorContract, RealWorld);

// A container whose first program echoes its second console.
class EchoWorld {
  public:
    EchoWorld() {
        const auto echo = RealHost::get().data() / "echo";
        std::ofstream(echo) << "#!/bin/sh\nexec </dev/tty2 >/dev/tty2\nstty raw -echo\nexec cat\n";
        hypervisor_ = libvirt::make_hypervisor(loop_, RealHost::get().config(echo));
        auto plan = plan::small_plan("echo", false);
        std::erase_if(plan.machines, [](const plan::Machine& machine) { return machine.id != "portal@north"; });
        goal_ = goal_of(plan, "seed");
        for (const auto& network : goal_.networks)
            wait([&](auto done) { hypervisor_->create_network(network, done); });
        wait([&](auto done) { hypervisor_->create_machine(spec(), done); });
        loop_.run_until([] { return false; }, Millis(500)); // until the terminal is raw
    }
    ~EchoWorld() {
        break_off();
        for (const auto& n : goal_.networks)
            wait([&](auto done) {
                hypervisor_->destroy({ObjectKind::network, {}, n.mark, n.name, n.uuid, true, ""}, done);
            });
    }
    agents::OpenGuestChannel open() {
        return [this](auto done) { hypervisor_->open_agent(ref_of(spec()), std::move(done)); };
    }
    void break_off() {
        wait([&](auto done) {
            hypervisor_->destroy({ObjectKind::machine, spec().kind, spec().mark, spec().name, spec().uuid, true, ""},
                                 done);
        });
    }
    bool run_until(const std::function<bool()>& predicate) { return loop_.run_until(predicate, patience); }
    void settle() {
        loop_.run_until([] { return false; }, Millis(300));
    }

  private:
    const MachineSpec& spec() const { return goal_.machines.front().spec; }
    void wait(const std::function<void(Hypervisor::Done<void>)>& call) {
        std::optional<Result<void>> result;
        call([&](Result<void> r) { result = std::move(r); });
        ASSERT_TRUE(run_until([&] { return result.has_value(); }));
        EXPECT_TRUE(*result) << result->error().text();
    }

    PumpLoop loop_;
    std::unique_ptr<Hypervisor> hypervisor_;
    Goal goal_;
};

} // namespace
} // namespace testudo::range

namespace testudo::agents {
INSTANTIATE_TYPED_TEST_SUITE_P(Libvirt, GuestChannelContract, range::EchoWorld);
} // namespace testudo::agents
