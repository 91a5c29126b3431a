#include "orchestrator/plan/placement.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <limits>
#include <tuple>

namespace testudo::plan {
namespace {

using Machines = std::vector<const Machine*>;

class Packing {
  public:
    Packing(const Plan& plan, const std::set<std::string>& without) : plan_(plan), without_(without) {
        for (const auto& host : plan.hosts)
            room_[host.id] = {host.memory_mib - host.reserve_mib,
                              host.disk_mib > 0 ? host.disk_mib : std::numeric_limits<std::int64_t>::max()};
        for (const auto& team : plan.teams)
            nation_[team.id] = team.nations.empty() ? "" : team.nations.front();
    }

    void keep(const Placement& before) {
        for (const auto& machine : plan_.machines)
            if (const auto old = before.find(machine.id); old != before.end())
                for (const auto& host : plan_.hosts)
                    if (host.id == old->second.host && may(host, machine) && fits(host, {&machine}))
                        put(host, machine, old->second.reason);
    }

    // Those of one team at once, as far as a host takes and carries them all.
    void pack_teams() {
        std::map<std::string, Machines> teams;
        for (const auto* machine : left())
            teams[machine->team].push_back(machine);
        std::vector<std::pair<std::int64_t, std::string>> order;
        for (const auto& [team, machines] : teams)
            order.emplace_back(-memory_of(machines), team);
        std::sort(order.begin(), order.end());
        for (const auto& [size, team] : order) {
            const auto& machines = teams[team];
            const auto* host = best(machines, team);
            if (host == nullptr)
                continue;
            const auto reason = reason_for(*host, team, machines);
            for (const auto* machine : machines)
                put(*host, *machine, reason);
        }
    }

    // One by one: first those that the fewest hosts take, the largest of them first.
    Result<void> pack_rest() {
        auto rest = left();
        const auto hosts_for = [this](const Machine* machine) {
            return std::count_if(plan_.hosts.begin(), plan_.hosts.end(),
                                 [&](const Host& host) { return may(host, *machine); });
        };
        std::stable_sort(rest.begin(), rest.end(), [&](const Machine* a, const Machine* b) {
            return std::tuple(hosts_for(a), -a->memory_mib) < std::tuple(hosts_for(b), -b->memory_mib);
        });
        for (const auto* machine : rest) {
            const auto* host = best({machine}, machine->team);
            if (host == nullptr)
                return refuse(*machine);
            put(*host, *machine, reason_for(*host, machine->team, {machine}));
        }
        return {};
    }

    Placement result() && { return std::move(placement_); }

  private:
    struct Room {
        std::int64_t memory_mib = 0;
        std::int64_t disk_mib = 0;
    };

    Machines left() const {
        Machines machines;
        for (const auto& machine : plan_.machines)
            if (!placement_.contains(machine.id))
                machines.push_back(&machine);
        return machines;
    }

    static std::int64_t memory_of(const Machines& machines) {
        std::int64_t sum = 0;
        for (const auto* machine : machines)
            sum += machine->memory_mib;
        return sum;
    }

    bool may(const Host& host, const Machine& machine) const {
        return !without_.contains(host.id) && takes(host, machine.team, classification_of(plan_, machine));
    }

    bool fits(const Host& host, const Machines& machines) const {
        const auto& room = room_.at(host.id);
        std::int64_t disk = 0;
        for (const auto* machine : machines)
            disk += machine->disk_mib;
        return memory_of(machines) <= room.memory_mib && disk <= room.disk_mib;
    }

    const Host* best(const Machines& machines, const std::string& team) const {
        const Host* best = nullptr;
        std::tuple<bool, bool, bool, std::int64_t> best_rank;
        for (const auto& host : plan_.hosts) {
            if (!fits(host, machines) || !std::all_of(machines.begin(), machines.end(),
                                                      [&](const Machine* machine) { return may(host, *machine); }))
                continue;
            const std::tuple rank(!has_team(host, team), !is_home(host, team), !used_.contains(host.id),
                                  room_.at(host.id).memory_mib);
            if (best == nullptr || rank < best_rank) {
                best = &host;
                best_rank = rank;
            }
        }
        return best;
    }

    bool has_team(const Host& host, const std::string& team) const {
        const auto it = used_.find(host.id);
        return !team.empty() && it != used_.end() && it->second.contains(team);
    }

    bool is_home(const Host& host, const std::string& team) const {
        const auto it = nation_.find(team);
        return !host.nation.empty() && it != nation_.end() && it->second == host.nation;
    }

    std::string reason_for(const Host& host, const std::string& team, const Machines& machines) const {
        std::size_t takers = 0;
        for (const auto& other : plan_.hosts)
            takers += std::all_of(machines.begin(), machines.end(),
                                  [&](const Machine* machine) { return may(other, *machine); })
                          ? 1
                          : 0;
        if (takers == 1)
            return "the only host that takes it";
        if (has_team(host, team))
            return fmt::format("other machines of {} are there", team);
        if (is_home(host, team))
            return fmt::format("a host of {}", host.nation);
        const auto room = fmt::format("{} MiB are left of it", room_.at(host.id).memory_mib - memory_of(machines));
        if (machines.size() > 1 && !team.empty())
            return fmt::format("all {} machines of {} find room there; {}", machines.size(), team, room);
        return used_.contains(host.id) ? "it is in use and has room; " + room : "the smallest with room; " + room;
    }

    void put(const Host& host, const Machine& machine, const std::string& reason) {
        placement_[machine.id] = {host.id, reason};
        room_[host.id].memory_mib -= machine.memory_mib;
        room_[host.id].disk_mib -= machine.disk_mib;
        used_[host.id].insert(machine.team);
    }

    Result<void> refuse(const Machine& machine) const {
        std::vector<std::string> why;
        for (const auto& host : plan_.hosts) {
            const auto& room = room_.at(host.id);
            if (without_.contains(host.id))
                why.push_back(host.id + " is not to be used");
            else if (!takes(host, machine.team, Classification::unclassified))
                why.push_back(fmt::format("{} does not take machines of {}", host.id,
                                          machine.team.empty() ? "the exercise itself" : machine.team));
            else if (!may(host, machine))
                why.push_back(fmt::format("{} takes nothing above {}", host.id, host.highest));
            else if (room.memory_mib < machine.memory_mib)
                why.push_back(fmt::format("{} has {} MiB of memory left", host.id, room.memory_mib));
            else
                why.push_back(fmt::format("{} has {} MiB of disk left", host.id, room.disk_mib));
        }
        return fail("placement.no-room", machine.id,
                    fmt::format("takes {} MiB of memory and {} MiB of disk, and finds no host: {}", machine.memory_mib,
                                machine.disk_mib, fmt::join(why, "; ")));
    }

    const Plan& plan_;
    const std::set<std::string>& without_;
    std::map<std::string, Room> room_;
    std::map<std::string, std::string> nation_;         // of teams
    std::map<std::string, std::set<std::string>> used_; // hosts, with the teams that have machines there
    Placement placement_;
};

} // namespace

bool takes(const Host& host, const std::string& team, Classification classification) {
    const auto highest = testudo::classification_of(host.highest);
    return (host.teams.empty() || std::find(host.teams.begin(), host.teams.end(), team) != host.teams.end()) &&
           (!highest || classification <= *highest);
}

Classification classification_of(const Plan& plan, const Machine& machine) {
    const auto label = parse_label(machine.label.empty() ? plan.label : machine.label);
    return label ? label->classification : Classification::unclassified;
}

Result<Placement> place(const Plan& plan, const Placement& before, const std::set<std::string>& without) {
    if (plan.hosts.empty())
        return Placement{};
    Packing together(plan, without);
    together.keep(before);
    together.pack_teams();
    if (together.pack_rest())
        return std::move(together).result();
    Packing singly(plan, without);
    singly.keep(before);
    if (auto packed = singly.pack_rest(); !packed)
        return tl::unexpected(packed.error());
    return std::move(singly).result();
}

Placement moved(const Placement& before, const Placement& now) {
    Placement out;
    for (const auto& [machine, placed] : now)
        if (const auto old = before.find(machine); old == before.end() || old->second.host != placed.host)
            out[machine] = placed;
    return out;
}

json::object to_json(const Placement& placement) {
    json::object object;
    for (const auto& [machine, placed] : placement)
        object[machine] = json::object{{"host", placed.host}, {"reason", placed.reason}};
    return object;
}

Placement placement_from_json(const json::object& object) {
    Placement placement;
    for (const auto& member : object)
        if (member.value().is_object())
            placement[std::string(member.key())] = {text_or(member.value().get_object(), "host"),
                                                    text_or(member.value().get_object(), "reason")};
    return placement;
}

} // namespace testudo::plan
