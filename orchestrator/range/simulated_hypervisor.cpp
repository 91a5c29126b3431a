#include "orchestrator/range/simulated_hypervisor.hpp"

#include <algorithm>
#include <utility>

#include "agents/protocol/pipe_channel.hpp"

namespace testudo::range {

std::vector<Observed> SimulatedHost::objects() const {
    std::vector<Observed> all;
    for (const auto& object : objects_)
        all.push_back(object.observed);
    return all;
}

SimulatedHost::Object* SimulatedHost::find(ObjectKind kind, const std::string& name) {
    const auto it = std::find_if(objects_.begin(), objects_.end(), [&](const Object& object) {
        return object.observed.kind == kind && object.observed.name == name;
    });
    return it == objects_.end() ? nullptr : &*it;
}

Result<bool> SimulatedHost::made_already(const MachineSpec& spec) {
    for (const auto& nic : spec.nics)
        if (find(ObjectKind::network, nic.network) == nullptr)
            return fail("simulated.no-network", spec.mark.object, "no network " + nic.network);
    const auto* there = find(ObjectKind::machine, spec.name);
    if (there != nullptr && there->observed.mark.spec == spec.mark.spec)
        return true;
    if (there != nullptr || std::count(strangers_.begin(), strangers_.end(), spec.name) > 0)
        return fail("simulated.exists", spec.mark.object, "machine " + spec.name + " exists");
    return false;
}

SimulatedGuest& SimulatedHost::add(const MachineSpec& spec, Millis boot) {
    objects_.push_back({{ObjectKind::machine, spec.kind, spec.mark, spec.name, spec.uuid, true, "running"},
                        std::make_unique<SimulatedGuest>(loop_, *this, spec.mark.object, spec.secret, boot)});
    return *objects_.back().guest;
}

SimulatedGuest* SimulatedHost::guest(const std::string& machine) {
    for (auto& object : objects_)
        if (object.guest && object.observed.mark.object == machine)
            return object.guest.get();
    return nullptr;
}

SimulatedGuest* SimulatedHost::guest_at(const std::string& address) {
    for (auto& object : objects_)
        if (object.guest && object.guest->addresses.contains(address))
            return object.guest.get();
    return nullptr;
}

void SimulatedHost::crash(const std::string& machine, const std::string& reason) {
    const auto it = std::find_if(objects_.begin(), objects_.end(), [&](const Object& object) {
        return object.guest && object.observed.mark.object == machine;
    });
    if (it == objects_.end())
        return;
    const MachineRef ref{it->observed.machine, it->observed.name, it->observed.uuid};
    if (vanished_) // before the channel breaks: the host knows first
        loop_.post([this, ref, reason] {
            if (vanished_)
                vanished_(ref, reason);
        });
    objects_.erase(it);
}

std::optional<SimulatedHost::Fault> SimulatedHost::fault_for(const std::string& act, const std::string& object) {
    const auto it = std::find_if(faults.begin(), faults.end(), [&](const Fault& fault) {
        return fault.act == act && (fault.object.empty() || fault.object == object);
    });
    if (it == faults.end())
        return {};
    auto fault = *it;
    fault.error.object = object;
    if (--it->times == 0)
        faults.erase(it);
    return fault;
}

void SimulatedHypervisor::act(const std::string& name, const std::string& object, Millis takes,
                              std::function<Result<void>()> effect, Done<void> done) {
    host_.calls.push_back(name + " " + object);
    const auto fault = host_.fault_for(name, object);
    if (fault && fault->kind == SimulatedHost::Fault::Kind::hang)
        takes = host_.timing.hang;
    // The effect belongs to the host and happens even if this object, the one who asked, is gone by then.
    loop_.after(takes, [alive = std::weak_ptr(alive_), fault, effect = std::move(effect), done = std::move(done)] {
        using Kind = SimulatedHost::Fault::Kind;
        auto result = fault && fault->kind == Kind::refuse ? Result<void>(tl::unexpected(fault->error)) : effect();
        if (fault && fault->kind == Kind::half)
            result = tl::unexpected(fault->error);
        if (!alive.expired() && !(fault && fault->kind == Kind::lost))
            done(std::move(result));
    });
}

void SimulatedHypervisor::list(Done<std::vector<Observed>> done) {
    const auto found = std::make_shared<std::vector<Observed>>();
    act(
        "list", "", host_.timing.call,
        [&host = host_, found]() -> Result<void> {
            *found = host.objects();
            return {};
        },
        [done = std::move(done), found](Result<void> result) {
            if (!result)
                return done(tl::unexpected(result.error()));
            done(std::move(*found));
        });
}

void SimulatedHypervisor::create_network(const NetworkSpec& spec, Done<void> done) {
    act(
        "create-network", spec.mark.object, host_.timing.call,
        [&host = host_, spec]() -> Result<void> {
            if (const auto* there = host.find(ObjectKind::network, spec.name)) {
                if (there->observed.mark.spec == spec.mark.spec)
                    return {};
                return fail("simulated.exists", spec.mark.object, "network " + spec.name + " exists");
            }
            if (std::count(host.strangers_.begin(), host.strangers_.end(), spec.name) > 0)
                return fail("simulated.exists", spec.mark.object, "network " + spec.name + " exists");
            host.objects_.push_back(
                {{ObjectKind::network, {}, spec.mark, spec.name, spec.uuid, true, "running"}, nullptr});
            return {};
        },
        std::move(done));
}

void SimulatedHypervisor::create_machine(const MachineSpec& spec, Done<void> done) {
    act(
        "create-machine", spec.mark.object, host_.timing.machine,
        [&host = host_, spec]() -> Result<void> {
            return host.made_already(spec).map([&](bool there) {
                const bool vm = spec.kind == plan::MachineKind::vm;
                if (!there)
                    host.add(spec, vm ? host.timing.vm_boot : host.timing.container_boot);
            });
        },
        std::move(done));
}

void SimulatedHypervisor::save_machine(const MachineRef& machine, const std::string& snapshot, Done<void> done) {
    const auto* there = host_.find(ObjectKind::machine, machine.name);
    act(
        "save-machine", there == nullptr ? machine.name : there->observed.mark.object, host_.timing.machine,
        [&host = host_, machine, snapshot]() -> Result<void> {
            if (machine.kind == plan::MachineKind::container)
                return fail("range.unsupported", machine.name, "a container cannot be saved");
            const auto* object = host.find(ObjectKind::machine, machine.name);
            if (object == nullptr)
                return fail("simulated.no-machine", machine.name, "no such machine");
            host.snapshots_[{machine.name, snapshot}] = {object->observed.mark, object->guest->memory()};
            return {};
        },
        std::move(done));
}

void SimulatedHypervisor::restore_machine(const MachineSpec& spec, const std::string& snapshot, Done<void> done) {
    act(
        "restore-machine", spec.mark.object, host_.timing.machine,
        [&host = host_, spec, snapshot]() -> Result<void> {
            if (spec.kind == plan::MachineKind::container)
                return fail("range.unsupported", spec.mark.object, "a container cannot be saved");
            const auto there = host.made_already(spec);
            if (!there || *there)
                return there.map([](bool) {});
            const auto kept = host.snapshots_.find({spec.name, snapshot});
            if (kept == host.snapshots_.end())
                return fail("range.no-snapshot", spec.mark.object, spec.name + " has no snapshot " + snapshot);
            const auto& mark = kept->second.mark;
            if (mark.exercise != spec.mark.exercise || mark.object != spec.mark.object || mark.spec != spec.mark.spec)
                return fail("range.other-spec", spec.mark.object, "it was saved with another specification");
            host.add(spec, host.timing.vm_wake).recall(kept->second.memory);
            return {};
        },
        std::move(done));
}

void SimulatedHypervisor::forget_snapshot(const MachineRef& machine, const std::string& snapshot, Done<void> done) {
    act(
        "forget-snapshot", machine.name, host_.timing.call,
        [&host = host_, machine, snapshot]() -> Result<void> {
            host.snapshots_.erase({machine.name, snapshot});
            return {};
        },
        std::move(done));
}

void SimulatedHypervisor::destroy(const Observed& object, Done<void> done) {
    act(
        "destroy", object.mark.object, host_.timing.call,
        [&host = host_, object]() -> Result<void> {
            const auto* there = host.find(object.kind, object.name);
            if (there == nullptr) {
                if (std::count(host.strangers_.begin(), host.strangers_.end(), object.name) > 0)
                    return fail("range.not-ours", object.mark.object, object.name + " does not carry our mark");
                return {};
            }
            if (there->observed.mark.exercise != object.mark.exercise)
                return fail("range.not-ours", object.mark.object,
                            object.name + " belongs to " + there->observed.mark.exercise);
            const bool machine = object.kind == ObjectKind::machine;
            host.objects_.remove_if([&](const auto& o) { return &o == there; });
            if (machine && host.vanished_)
                host.vanished_({object.machine, object.name, object.uuid}, "destroyed");
            return {};
        },
        std::move(done));
}

void SimulatedHypervisor::open_agent(const MachineRef& machine, Done<Channel> done) {
    auto* there = host_.find(ObjectKind::machine, machine.name);
    const auto end = std::make_shared<Channel>();
    act(
        "open-agent", there == nullptr ? machine.name : there->observed.mark.object, host_.timing.call,
        [&host = host_, &loop = loop_, machine, end]() -> Result<void> {
            auto* object = host.find(ObjectKind::machine, machine.name);
            if (object == nullptr)
                return fail("simulated.no-machine", machine.name, "no such machine");
            auto [ours, theirs] = agents::pipe_channels(loop);
            object->guest->attach(std::move(theirs));
            *end = std::move(ours);
            return {};
        },
        [done = std::move(done), end](Result<void> result) {
            if (!result)
                return done(tl::unexpected(result.error()));
            done(std::move(*end));
        });
}

void SimulatedHypervisor::open_greeting(const MachineRef& machine, std::string greeting, Done<Channel> done) {
    loop_.post([&host = host_, &loop = loop_, machine, greeting = std::move(greeting), done = std::move(done)] {
        if (host.find(ObjectKind::machine, machine.name) == nullptr)
            return done(fail("simulated.no-machine", machine.name, "no such machine"));
        auto [ours, theirs] = agents::pipe_channels(loop);
        theirs->write(greeting);
        loop.post([theirs = std::shared_ptr(std::move(theirs))] {});
        done(std::move(ours));
    });
}

void SimulatedHypervisor::open_console(const MachineRef& machine, Done<Channel> done) {
    open_greeting(machine, "simulated console of " + machine.name + "\r\n", std::move(done));
}

void SimulatedHypervisor::open_display(const MachineRef& machine, Done<Channel> done) {
    if (machine.kind == plan::MachineKind::container)
        return loop_.post([machine, done = std::move(done)] {
            done(fail("range.unsupported", machine.name, "a container has no display"));
        });
    open_greeting(machine, "RFB 003.008\n", std::move(done));
}

void SimulatedHypervisor::guard(const Guard& guard, Done<void> done) {
    act(
        "guard", guard.exercise, host_.timing.call,
        [&host = host_, guard]() -> Result<void> {
            host.guards[guard.exercise] = guard;
            return {};
        },
        std::move(done));
}

void SimulatedHypervisor::unguard(const std::string& exercise, Done<void> done) {
    act(
        "unguard", exercise, host_.timing.call,
        [&host = host_, exercise]() -> Result<void> {
            host.guards.erase(exercise);
            return {};
        },
        std::move(done));
}

void SimulatedHypervisor::host_info(Done<HostInfo> done) {
    loop_.post([info = host_.info, done = std::move(done)] { done(info); });
}

} // namespace testudo::range
