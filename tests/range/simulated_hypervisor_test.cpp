#include "orchestrator/range/simulated_hypervisor.hpp"

#include "tests/contract/hypervisor_contract.hpp"

namespace testudo::range {
namespace {

class SimulatedWorld {
  public:
    Hypervisor& hypervisor() { return hypervisor_; }
    std::string image() const { return "debian-range"; }
    std::string vm_image() const { return "debian-vm"; }
    bool run_until(const std::function<bool()>& predicate) {
        for (int i = 0; i < 100 && !predicate(); ++i)
            loop_.advance(Millis(100));
        return predicate();
    }
    void plant_stranger(const std::string& name) { host_.plant_stranger(name); }
    bool has_stranger(const std::string& name) const {
        return std::count(host_.strangers().begin(), host_.strangers().end(), name) == 1;
    }

  private:
    VirtualLoop loop_;
    SimulatedHost host_{loop_};
    SimulatedHypervisor hypervisor_{loop_, host_};
};

INSTANTIATE_TYPED_TEST_SUITE_P(Simulated, HypervisorContract, SimulatedWorld);

} // namespace
} // namespace testudo::range
