#pragma once
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/range/hypervisor.hpp"
#include "orchestrator/range/simulated_guest.hpp"

namespace testudo::range {

// What a host holds: its objects live on when the program that made them is killed. Several SimulatedHypervisors may
// look at one host, one after the other.
class SimulatedHost {
  public:
    // Something that goes wrong. `act` is "list", "create-network", "create-machine", "save-machine",
    // "restore-machine", "forget-snapshot", "destroy", "guard", "unguard" or "open-agent".
    struct Fault {
        enum class Kind {
            refuse, // nothing happens, and the error is told
            half,   // it happens, and the error is told all the same
            hang,   // it happens after a long time
            lost,   // it happens, and nobody is ever told
        };
        std::string act;
        std::string object; // Mark::object; "" for any
        Kind kind = Kind::refuse;
        Error error{"simulated.refused", "", "no more memory, says the host"};
        int times = 1;
    };
    struct Timing {
        Millis call{40};
        Millis machine{150};
        Millis container_boot{300};
        Millis vm_boot{15'000};
        Millis vm_wake{500}; // from a saved state
        Millis hang{60'000};
    };

    explicit SimulatedHost(Loop& loop) : loop_(loop) {}

    std::list<Fault> faults;
    Timing timing;
    HostInfo info{"simulated", "tcg", 4, 16'384, 12'288};
    std::vector<std::string> calls; // what was asked for, in order: "create-machine portal@north"

    // An object of somebody else's, without a mark.
    void plant_stranger(const std::string& name) { strangers_.push_back(name); }
    const std::vector<std::string>& strangers() const { return strangers_; }
    std::vector<Observed> objects() const;
    std::map<std::string, Guard> guards; // by exercise
    // The inside of a running machine; null if there is none.
    SimulatedGuest* guest(const std::string& machine);
    SimulatedGuest* guest_at(const std::string& address);
    // A machine stops by itself.
    void crash(const std::string& machine, const std::string& reason);

  private:
    friend class SimulatedHypervisor;
    struct Object {
        Observed observed;
        std::unique_ptr<SimulatedGuest> guest;
    };
    Object* find(ObjectKind kind, const std::string& name);
    // Of a machine that is to be made: true if it is there already; a refusal if it cannot be made.
    Result<bool> made_already(const MachineSpec& spec);
    SimulatedGuest& add(const MachineSpec& spec, Millis boot);
    std::optional<Fault> fault_for(const std::string& act, const std::string& object);

    Loop& loop_;
    std::list<Object> objects_;
    struct Snapshot {
        Mark mark;
        SimulatedGuest::Memory memory;
    };
    std::map<std::pair<std::string, std::string>, Snapshot> snapshots_; // by the machine's name and its own
    std::vector<std::string> strangers_;
    Hypervisor::Vanished vanished_;
};

// Hypervisor without any: for exercises in virtual time, and for faults that a real one does not produce on demand.
class SimulatedHypervisor final : public Hypervisor {
  public:
    SimulatedHypervisor(Loop& loop, SimulatedHost& host) : loop_(loop), host_(host) {}
    ~SimulatedHypervisor() override { host_.vanished_ = {}; }

    void list(Done<std::vector<Observed>> done) override;
    void create_network(const NetworkSpec& spec, Done<void> done) override;
    void create_machine(const MachineSpec& spec, Done<void> done) override;
    void save_machine(const MachineRef& machine, const std::string& snapshot, Done<void> done) override;
    void restore_machine(const MachineSpec& spec, const std::string& snapshot, Done<void> done) override;
    void forget_snapshot(const MachineRef& machine, const std::string& snapshot, Done<void> done) override;
    void destroy(const Observed& object, Done<void> done) override;
    void guard(const Guard& guard, Done<void> done) override;
    void unguard(const std::string& exercise, Done<void> done) override;
    void open_agent(const MachineRef& machine, Done<Channel> done) override;
    void open_console(const MachineRef& machine, Done<Channel> done) override;
    void open_display(const MachineRef& machine, Done<Channel> done) override;
    void host_info(Done<HostInfo> done) override;
    void on_vanished(Vanished observer) override { host_.vanished_ = std::move(observer); }

  private:
    void open_greeting(const MachineRef& machine, std::string greeting, Done<Channel> done);
    // Does `effect` after the time it takes and tells its result, unless a fault is due.
    void act(const std::string& name, const std::string& object, Millis takes, std::function<Result<void>()> effect,
             Done<void> done);

    Loop& loop_;
    SimulatedHost& host_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::range
