#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/plan/draft.hpp"
#include "orchestrator/plan/pools.hpp"
#include "orchestrator/plan/ports.hpp"
#include "orchestrator/plan/profiles.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::plan {
namespace {

using template_::AttachmentSpec;
using template_::error;
using template_::MachineSpec;
using template_::Text;

constexpr int default_container_mib = 64;
constexpr int default_vm_mib = 256;
constexpr int default_disk_mib = 64;
constexpr std::int64_t most_machines = 20'000;

struct Taken {
    // Who has an address: text of the address with its segment, to the span that gave it and the machine.
    std::unordered_map<std::string, std::pair<Span, std::string>> addresses;
    std::unordered_map<std::string, std::string> domains;
};

std::optional<Address> read_address(Draft& draft, const Text& text, bool v6, const PlanScope& scope,
                                    const Segment& segment, const Prefix& prefix) {
    const auto value = expanded(text, scope, draft);
    if (!value)
        return std::nullopt;
    const auto address = parse_address(*value);
    if (!address || address->v6 != v6) {
        error(draft.out, "T0511", text.span, fmt::format("`{}` is no IPv{} address", *value, v6 ? 6 : 4));
        return std::nullopt;
    }
    if (!contains(prefix, *address)) {
        auto& d = error(draft.out, "T0512", text.span,
                        fmt::format("{} is not in `{}` ({})", *value, segment.name, to_text(prefix)));
        const auto& spec = *draft.networks.at(segment.name);
        d.related.push_back({v6 ? spec.ipv6.span : spec.ipv4.span, "the network"});
        return std::nullopt;
    }
    return address;
}

std::optional<Address> address_by_number(Draft& draft, const Text& text, std::int64_t number, const Prefix& prefix,
                                         const Segment& segment) {
    const auto address = host_of(prefix, number);
    if (!address)
        error(draft.out, "T0512", text.span,
              fmt::format("there is no address number {} in `{}` ({})", number, segment.name, to_text(prefix)));
    return address;
}

std::optional<std::int64_t> read_number(Draft& draft, const Text& text, const PlanScope& scope) {
    const auto value = expanded(text, scope, draft);
    if (!value)
        return std::nullopt;
    const auto number = template_::parse_whole_number(*value);
    if (!number)
        error(draft.out, "T0513", text.span, fmt::format("`{}` is no number of a machine on a network", *value),
              "write a number such as 80, or `{ ipv4: .., ipv6: .. }` with whole addresses");
    return number;
}

void refuse_taken(Draft& draft, Taken& taken, const Address& address, const Machine& machine, const Segment& segment,
                  const Text& from) {
    const auto [old, fresh] =
        taken.addresses.emplace(fmt::format("{} {}", segment.id, to_text(address)), std::pair(from.span, machine.id));
    if (fresh)
        return;
    auto& d = error(draft.out, "T0514", from.span,
                    fmt::format("{} has the address {} on `{}`, which {} has already", machine.id, to_text(address),
                                segment.name, old->second.second));
    d.related.push_back({old->second.first, "the first one"});
}

void attach(Draft& draft, Taken& taken, const AttachmentSpec& on, const std::string& copy_of, const PlanScope& scope,
            Machine& machine, MachineDraft& made) {
    const auto at = draft.segment_of(on.id.value, copy_of);
    if (!at) {
        const auto known = draft.networks.contains(on.id.value);
        error(draft.out, known ? "T0603" : "T0602", on.id.span,
              known ? fmt::format("`{}` is shared, but every team has an `{}` of its own", machine.name, on.id.value)
                    : fmt::format("there is no network `{}`", on.id.value),
              known ? "give the machine `per: team`, or put it on a shared network"
                    : template_::suggest(on.id.value, draft.network_names()));
        return;
    }
    const auto& segment = draft.plan.segments[*at];
    InterfaceDraft interface;
    interface.segment = *at;
    std::optional<std::int64_t> number;
    if (on.host.given() && on.pool.given()) {
        auto& d = error(draft.out, "T0210", on.pool.span, "`host` and `pool` exclude each other");
        d.related.push_back({on.host.span, "the other one"});
    } else if (on.pool.given()) {
        number = number_from_pool(draft, on, *at);
    } else if (on.host.given()) {
        number = read_number(draft, on.host, scope);
        if (number && in_dhcp(draft, segment.name, *number))
            error(draft.out, "T1143", on.host.span,
                  fmt::format("number {} of `{}` is in its pool `dhcp`, which is given out by a machine", *number,
                              segment.name),
                  "take a number outside of it");
    } else if (!on.ipv4.given() && !on.ipv6.given()) {
        error(draft.out, "T0513", on.id.span, "the machine has no address on this network", "write `{ office: 80 }`");
    }
    for (const bool v6 : {false, true}) {
        const auto& text = v6 ? on.ipv6 : on.ipv4;
        const auto& prefix = draft.segments[*at].family(v6);
        auto& slot = v6 ? interface.ipv6 : interface.ipv4;
        if (!prefix) {
            const auto& spec = *draft.networks.at(segment.name);
            if (text.given() && !(v6 ? spec.ipv6 : spec.ipv4).given())
                error(draft.out, "T0515", text.span, fmt::format("`{}` has no IPv{}", segment.name, v6 ? 6 : 4));
            continue;
        }
        if (text.given())
            slot = read_address(draft, text, v6, scope, segment, *prefix);
        else if (number)
            slot = address_by_number(draft, on.pool.given() ? on.pool : on.host, *number, *prefix, segment);
        if (slot)
            refuse_taken(draft, taken, *slot, machine, segment,
                         text.given()      ? text
                         : on.pool.given() ? on.pool
                                           : on.host);
    }

    const auto key = fmt::format("{}/{}/{}", draft.plan.exercise, machine.id, segment.name);
    Interface out;
    out.segment = segment.id;
    out.name = fmt::format("eth{}", machine.interfaces.size());
    out.device = "tv" + short_hash(key, 13);
    out.mac = mac_of(key);
    if (interface.ipv4)
        out.ipv4 = fmt::format("{}/{}", to_text(*interface.ipv4), draft.segments[*at].ipv4->length);
    if (interface.ipv6)
        out.ipv6 = fmt::format("{}/{}", to_text(*interface.ipv6), draft.segments[*at].ipv6->length);
    machine.interfaces.push_back(std::move(out));
    made.interfaces.push_back(interface);
}

void add_services(Draft& draft, const MachineSpec& spec, Machine& machine) {
    std::map<int, Span> ports;
    for (const auto& one : spec.serves) {
        if (!one.protocol.given())
            continue;
        Service service;
        service.name = one.id.value;
        service.protocol = one.protocol.value;
        service.port = one.port.given() ? static_cast<std::uint16_t>(one.port.value) : usual_port(service.protocol);
        service.unit = one.unit.value;
        if (service.port == 0) {
            error(draft.out, "T0604", one.id.span, fmt::format("`{}` needs a port", service.protocol),
                  "`{ protocol: tcp, port: 8080 }`");
            continue;
        }
        if (const auto [old, fresh] = ports.emplace(service.port, one.id.span); !fresh) {
            auto& d = error(draft.out, "T0605", one.id.span,
                            fmt::format("two services of `{}` have port {}", machine.name, service.port));
            d.related.push_back({old->second, "the first one"});
        }
        machine.services.push_back(std::move(service));
    }
}

std::string role_of(const Draft& draft, const MachineSpec& spec, const std::string& team) {
    if (spec.role.given())
        return spec.role.value;
    const auto* owner = find_team(draft.plan, team);
    return owner && owner->colour == "red" ? "red" : "team";
}

void add_machine(Draft& draft, Taken& taken, const Counted& one, const std::string& copy_of) {
    const auto& spec = one.spec;
    const auto& exercise = draft.plan.exercise;
    Machine machine;
    MachineDraft made;
    made.spec = &spec;
    made.copy_of = copy_of;
    made.index = one.index;
    const auto scope = PlanScope::of_machine(draft, made);
    machine.id = id_of(spec.id.value, copy_of);
    machine.name = spec.id.value;
    machine.role = role_of(draft, spec, spec.team.value);
    // What judges a team is not the team's.
    const bool of_white = machine.role == "vantage" || machine.role == "reference";
    machine.team = of_white ? "" : spec.team.given() ? spec.team.value : copy_of;
    machine.title = expanded(spec.title, scope, draft).value_or(machine.name);
    machine.kind = spec.kind.value == "vm" ? MachineKind::vm : MachineKind::container;
    const bool vm = machine.kind == MachineKind::vm;
    machine.image = spec.image.value;
    machine.hostname = copy_of.empty() ? machine.name : fmt::format("{}-{}", machine.name, copy_of);
    machine.domain = fmt::format("tst-{}-{}{}{}", exercise, copy_of, copy_of.empty() ? "" : "-", machine.name);
    machine.uuid = uuid_of(fmt::format("{}/machine/{}", exercise, machine.id));
    machine.memory_mib = spec.memory.given() ? static_cast<int>(spec.memory.value)
                         : vm                ? default_vm_mib
                                             : default_container_mib;
    machine.disk_mib = spec.disk.given() ? static_cast<int>(spec.disk.value) : default_disk_mib;
    machine.cpus = spec.cpus.given() ? static_cast<int>(spec.cpus.value) : 1;
    machine.forwards = machine.role == "router";
    if (const auto [old, fresh] = taken.domains.emplace(machine.domain, machine.id); !fresh)
        error(draft.out, "T0609", spec.id.span,
              fmt::format("{} and {} would both be called {} on the host", old->second, machine.id, machine.domain));
    for (const auto& on : spec.on)
        attach(draft, taken, on, copy_of, scope, machine, made);
    add_services(draft, spec, machine);

    const auto index = draft.machines.size();
    for (const auto& interface : made.interfaces) {
        if (machine.forwards)
            draft.segments[interface.segment].routers.push_back(index);
        if (machine.role == "vantage")
            draft.segments[interface.segment].vantages.push_back(index);
    }
    draft.machine_at.emplace(machine.id, index);
    draft.machines.push_back(std::move(made));
    draft.plan.machines.push_back(std::move(machine));
}

void check_spec(Draft& draft, const MachineSpec& spec) {
    static const std::set<std::string> kept{"any", "team", "exercise"};
    if (kept.contains(spec.id.value))
        error(draft.out, "T0506", spec.id.span,
              fmt::format("`{}` cannot be a machine's name; it means something else", spec.id.value));
    if (!spec.image.given() && !spec.image.refused)
        error(draft.out, "T0606", spec.id.span, fmt::format("the machine `{}` has no image", spec.id.value),
              "give it `image`, or a profile that has one");
    if (spec.per.given() && spec.team.given()) {
        auto& d = error(draft.out, "T0210", spec.team.span, "`team` and `per` exclude each other");
        d.related.push_back({spec.per.span, "the other one"});
    }
    if (spec.team.given()) {
        const auto* team = find_team(draft.plan, spec.team.value);
        std::vector<std::string> others;
        for (const auto& one : draft.plan.teams)
            if (one.colour != "blue")
                others.push_back(one.id);
        if (!team)
            error(draft.out, "T0607", spec.team.span, fmt::format("there is no team `{}`", spec.team.value),
                  template_::suggest(spec.team.value, others));
        else if (team->colour == "blue")
            error(draft.out, "T0607", spec.team.span, fmt::format("`{}` is a blue team", team->id),
                  "blue teams all have the same machines: `per: team`");
    }
    if (spec.role.value == "router" && spec.on.size() < 2)
        error(draft.out, "T0608", spec.role.span, "a router stands on at least two networks");
}

// Counted before they are made: a slip of the finger must not fill the memory.
bool too_many(Draft& draft, const std::vector<MachineSpec>& specs) {
    std::int64_t machines = 0;
    const MachineSpec* most = nullptr;
    const auto number_of = [&draft](const MachineSpec& spec) {
        return (spec.count.given() ? spec.count.value : 1) *
               (spec.per.given() ? static_cast<std::int64_t>(draft.blue.size()) : 1);
    };
    for (const auto& spec : specs) {
        machines += number_of(spec);
        if (!most || number_of(spec) > number_of(*most))
            most = &spec;
    }
    if (machines <= most_machines)
        return false;
    error(draft.out, "T1102", most->count.given() ? most->count.span : most->id.span,
          fmt::format("these are {} machines, and an exercise has at most {}", machines, most_machines),
          fmt::format("the most, {}, are of this name", number_of(*most)));
    return true;
}

// Machines that take their number from a pool are not given one that another has by name.
void keep_fixed_numbers(Draft& draft, const std::vector<const Counted*>& all) {
    if (draft.pools.empty())
        return;
    const auto keep = [&draft](const Counted& one, const std::string& team) {
        MachineDraft made;
        made.spec = &one.spec;
        made.copy_of = team;
        made.index = one.index;
        const auto scope = PlanScope::of_machine(draft, made);
        for (const auto& on : one.spec.on) {
            const auto at = draft.segment_of(on.id.value, team);
            if (!at || !on.host.given() || !draft.pools.contains(on.id.value))
                continue;
            Diagnostics told_later;
            const auto text = template_::expand(on.host, scope, told_later);
            if (const auto number = text ? template_::parse_whole_number(*text) : std::nullopt)
                draft.segments[*at].kept.insert(*number);
        }
    };
    for (const auto* one : all) {
        if (!one->spec.per.given())
            keep(*one, "");
        else
            for (const auto& team : draft.blue)
                keep(*one, team);
    }
}

} // namespace

void plan_machines(Draft& draft) {
    refuse_doubles(draft.source.machines, "machines", draft.out);
    refuse_doubles(draft.source.profiles, "profiles", draft.out);
    auto merged = with_profiles(draft.source, draft.out);
    if (too_many(draft, merged))
        for (auto& spec : merged)
            spec.count.value = std::min<std::int64_t>(spec.count.value, 1);
    for (const auto& spec : merged)
        for (int index = 1; spec.count.given() && index <= spec.count.value; ++index)
            draft.counted[spec.id.value].push_back(name_of(spec, index));
    draft.merged = counted(std::move(merged), draft.out);
    std::vector<const Counted*> all;
    for (const auto& one : draft.merged) {
        if (!draft.machine_specs.emplace(one.spec.id.value, &one.spec).second)
            continue;
        check_spec(draft, one.spec);
        all.push_back(&one);
    }
    keep_fixed_numbers(draft, all);
    Taken taken;
    for (const auto* one : all)
        if (!one->spec.per.given())
            add_machine(draft, taken, *one, "");
    for (const auto& team : draft.blue)
        for (const auto* one : all)
            if (one->spec.per.given())
                add_machine(draft, taken, *one, team);
    check_joints(draft);
}

} // namespace testudo::plan
