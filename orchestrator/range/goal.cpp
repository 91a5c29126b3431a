#include "orchestrator/range/goal.hpp"

#include <fmt/format.h>
#include <set>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/plan/address.hpp"
#include "orchestrator/plan/secrets.hpp"
#include "orchestrator/range/personalise.hpp"

namespace testudo::range {
namespace {

constexpr std::size_t fingerprint_digits = 24;

template <class List> auto* find_object(const List& list, std::string_view object, auto&& mark_of) {
    for (const auto& item : list)
        if (mark_of(item).object == object)
            return &item;
    return static_cast<const typename List::value_type*>(nullptr);
}

std::string fingerprint(const NetworkSpec& spec) {
    return short_hash(fmt::format("network\n{}\n{}\n{}", spec.name, spec.uuid, spec.bridge), fingerprint_digits);
}

std::string fingerprint(const MachineSpec& spec, const std::string& personalise_hash) {
    auto text =
        fmt::format("machine\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", spec.kind == plan::MachineKind::vm, spec.name,
                    spec.uuid, spec.image, spec.memory_mib, spec.cpus, spec.disk_mib, spec.secret, personalise_hash);
    for (const auto& nic : spec.nics)
        text += fmt::format("{} {} {} {}\n", nic.network, nic.bridge, nic.device, nic.mac);
    return short_hash(text, fingerprint_digits);
}

Goal::Machine machine_goal(const plan::Plan& plan, const std::string& plan_hash, const plan::Machine& machine,
                           std::string_view seed, const std::string& host) {
    Goal::Machine goal;
    auto& spec = goal.spec;
    spec.host = host;
    spec.kind = machine.kind;
    spec.name = machine.domain;
    spec.uuid = machine.uuid;
    spec.title = machine.title;
    spec.image = machine.image;
    spec.hostname = machine.hostname;
    spec.memory_mib = machine.memory_mib;
    spec.cpus = machine.cpus;
    spec.disk_mib = machine.disk_mib;
    spec.secret = plan::agent_secret(seed, machine.id);
    for (const auto& interface : machine.interfaces) {
        const auto* segment = plan::find_segment(plan, interface.segment);
        if (segment == nullptr)
            throw std::logic_error(
                fmt::format("plan: {} is attached to {}, which is no segment", machine.id, interface.segment));
        spec.nics.push_back({segment->network, segment->bridge, interface.device, interface.mac});
        goal.segments.push_back(segment->id);
    }
    goal.needs = machine.needs;
    goal.personalise = personalise_spec(plan, machine, seed);
    goal.personalise_hash = agents::hash_of(goal.personalise);
    spec.mark = {plan.exercise, machine.id, plan_hash, fingerprint(spec, goal.personalise_hash)};
    return goal;
}

std::string host_of(const Placement& placement, const std::string& machine) {
    const auto placed = placement.find(machine);
    return placed == placement.end() ? "" : placed->second;
}

// Where a machine is attached to it.
std::vector<std::string> hosts_of(const plan::Plan& plan, const plan::Segment& segment, const Placement& placement) {
    std::set<std::string> hosts;
    for (const auto& machine : plan.machines)
        for (const auto& interface : machine.interfaces)
            if (interface.segment == segment.id && placement.contains(machine.id))
                hosts.insert(placement.at(machine.id));
    return {hosts.begin(), hosts.end()};
}

} // namespace

const NetworkSpec* Goal::network(std::string_view object) const {
    return find_object(networks, object, [](const auto& n) -> const Mark& { return n.mark; });
}

const Goal::Machine* Goal::machine(std::string_view object) const {
    return find_object(machines, object, [](const auto& m) -> const Mark& { return m.spec.mark; });
}

Goal goal_of(const plan::Plan& plan, std::string_view seed, const Placement& placement) {
    Goal goal;
    goal.exercise = plan.exercise;
    goal.plan_hash = plan::hash_of(plan);
    for (const auto& segment : plan.segments) {
        NetworkSpec spec{{}, segment.network, segment.uuid, segment.bridge, hosts_of(plan, segment, placement), {}};
        if (!placement.empty() && spec.hosts.empty())
            continue; // nobody is on it
        if (spec.hosts.size() > 1)
            goal.guard.spans.push_back({spec.bridge, spec.hosts});
        spec.mark = {plan.exercise, segment.id, goal.plan_hash, fingerprint(spec)};
        goal.networks.push_back(std::move(spec));
    }
    goal.guard.exercise = plan.exercise;
    for (const auto& machine : plan.machines) {
        const auto host = host_of(placement, machine.id);
        goal.machines.push_back(machine_goal(plan, goal.plan_hash, machine, seed, host));
        for (const auto& i : machine.interfaces)
            goal.guard.ports.push_back(
                {host, i.device, i.mac, plan::without_length(i.ipv4), plan::without_length(i.ipv6), machine.forwards});
    }
    return goal;
}

MachineRef ref_of(const MachineSpec& spec) {
    return {spec.kind, spec.name, spec.uuid, spec.host};
}

MachineRef ref_of(const Observed& machine) {
    return {machine.machine, machine.name, machine.uuid, machine.host};
}

} // namespace testudo::range
