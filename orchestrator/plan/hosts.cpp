#include <algorithm>
#include <deque>
#include <fmt/format.h>
#include <limits>

#include "orchestrator/core/label.hpp"
#include "orchestrator/plan/groups.hpp"
#include "orchestrator/plan/placement.hpp"

namespace testudo::plan {
namespace {

using template_::error;
using template_::HostSpec;

// Machines that the same hosts take: those of one team, with one classification.
struct Load {
    std::string team;
    Classification classification = Classification::unclassified;
    std::int64_t memory_mib = 0;
    std::int64_t disk_mib = 0;
    const Machine* largest = nullptr;
};

std::int64_t free_of(const Host& host) {
    return host.memory_mib - host.reserve_mib;
}

bool takes(const Host& host, const Load& load) {
    return plan::takes(host, load.team, load.classification);
}

std::vector<Load> loads_of(const Plan& plan) {
    std::map<std::pair<std::string, Classification>, Load> loads;
    for (const auto& machine : plan.machines) {
        const auto one = classification_of(plan, machine);
        auto& load = loads[{machine.team, one}];
        load.team = machine.team;
        load.classification = one;
        load.memory_mib += machine.memory_mib;
        load.disk_mib += machine.disk_mib;
        if (!load.largest || machine.memory_mib > load.largest->memory_mib)
            load.largest = &machine;
    }
    std::vector<Load> out;
    for (auto& [key, load] : loads)
        out.push_back(std::move(load));
    return out;
}

// Whether all loads find room together, when they may be cut at will: the greatest flow from loads to hosts. If it is
// less than all, the loads that are left over and the hosts that they could still reach are the bottleneck: those loads
// may run on those hosts only, and need more than they have.
class Room {
  public:
    Room(std::vector<std::int64_t> needed, std::vector<std::int64_t> free, std::vector<std::vector<std::size_t>> hosts)
        : rest_(std::move(needed)), free_(std::move(free)), hosts_(std::move(hosts)),
          placed_(rest_.size(), std::vector<std::int64_t>(free_.size())) {
        while (place_some()) {
        }
    }

    bool enough() const {
        return std::all_of(rest_.begin(), rest_.end(), [](std::int64_t rest) { return rest == 0; });
    }
    const std::vector<bool>& tight_loads() const { return seen_loads_; }
    const std::vector<bool>& tight_hosts() const { return seen_hosts_; }

  private:
    // Breadth first from loads with a rest, over hosts that take them, back over loads that stand there.
    bool place_some() {
        seen_loads_.assign(rest_.size(), false);
        seen_hosts_.assign(free_.size(), false);
        std::vector<std::size_t> load_before(free_.size());
        std::vector<std::size_t> host_before(rest_.size(), none);
        std::deque<std::size_t> next;
        for (std::size_t load = 0; load < rest_.size(); ++load)
            if (rest_[load] > 0) {
                seen_loads_[load] = true;
                next.push_back(load);
            }
        for (; !next.empty(); next.pop_front()) {
            const auto load = next.front();
            for (const auto host : hosts_[load]) {
                if (seen_hosts_[host])
                    continue;
                seen_hosts_[host] = true;
                load_before[host] = load;
                if (free_[host] > 0) {
                    move(host, load_before, host_before);
                    return true;
                }
                for (std::size_t other = 0; other < rest_.size(); ++other)
                    if (placed_[other][host] > 0 && !seen_loads_[other]) {
                        seen_loads_[other] = true;
                        host_before[other] = host;
                        next.push_back(other);
                    }
            }
        }
        return false;
    }

    void move(std::size_t last, const std::vector<std::size_t>& load_before,
              const std::vector<std::size_t>& host_before) {
        auto amount = free_[last];
        for (auto host = last; host != none;) {
            const auto load = load_before[host];
            const auto before = host_before[load];
            amount = std::min(amount, before == none ? rest_[load] : placed_[load][before]);
            host = before;
        }
        free_[last] -= amount;
        for (auto host = last; host != none;) {
            const auto load = load_before[host];
            const auto before = host_before[load];
            placed_[load][host] += amount;
            (before == none ? rest_[load] : placed_[load][before]) -= amount;
            host = before;
        }
    }

    static constexpr auto none = std::numeric_limits<std::size_t>::max();

    std::vector<std::int64_t> rest_;
    std::vector<std::int64_t> free_;
    std::vector<std::vector<std::size_t>> hosts_; // that take a load
    std::vector<std::vector<std::int64_t>> placed_;
    std::vector<bool> seen_loads_;
    std::vector<bool> seen_hosts_;
};

class HostPlanner {
  public:
    explicit HostPlanner(Draft& draft) : draft_(draft), plan_(draft.plan) {}

    void run() {
        refuse_doubles(draft_.source.hosts, "hosts", draft_.out);
        for (const auto& spec : draft_.source.hosts)
            add(spec);
        for (const auto& spec : draft_.source.quotas)
            add_quota(spec);
        if (plan_.hosts.empty() || !good_)
            return;
        loads_ = loads_of(plan_);
        if (refuse_homeless())
            return;
        const auto counted =
            std::all_of(plan_.hosts.begin(), plan_.hosts.end(), [](const Host& host) { return host.disk_mib > 0; });
        refuse_crowd("memory", &Load::memory_mib, free_of);
        if (counted)
            refuse_crowd("disk", &Load::disk_mib, [](const Host& host) { return host.disk_mib; });
        if (!good_)
            return;
        if (const auto placed = place(plan_); !placed)
            error(draft_.out, "T1158", draft_.source.hosts.front().id.span,
                  fmt::format("`{}` {}", placed.error().object, placed.error().message),
                  "there is room enough in all, but machines cannot be cut: give a host more, or make them smaller");
    }

  private:
    void add(const HostSpec& spec) {
        Host host;
        host.id = spec.id.value;
        host.title = title_or(spec.title, spec.id.value, draft_);
        host.uri = spec.uri.value;
        if (spec.uri.given() && spec.uri.value.find("://") == std::string::npos)
            refuse("T1151", spec.uri, fmt::format("`{}` is no address of a libvirt daemon", spec.uri.value),
                   "write `qemu:///system` or `qemu+ssh://range@198.18.255.1/system`");
        if (spec.nation.given())
            host.nation = nation_of(spec.nation, draft_).value_or("");
        host.memory_mib = spec.memory.value;
        host.disk_mib = spec.disk.value;
        host.reserve_mib = spec.reserve.value;
        if (spec.memory.given() && host.reserve_mib >= host.memory_mib) {
            good_ = false;
            error(
                draft_.out, "T1152", spec.reserve.span,
                fmt::format("nothing is left of {} MiB when {} MiB are kept free", host.memory_mib, host.reserve_mib));
        }
        for (const auto& whose : spec.only_for)
            add_owner(whose, host);
        host.highest = spec.highest.value;
        if (spec.highest.given() && !testudo::classification_of(spec.highest.value))
            refuse("T1121", spec.highest, fmt::format("`{}` is no classification", spec.highest.value),
                   "UNCLASSIFIED, RESTRICTED, CONFIDENTIAL, SECRET or TOP SECRET");
        good_ = good_ && spec.memory.given();
        plan_.hosts.push_back(std::move(host));
    }

    void refuse(const char* code, const template_::Text& at, std::string message, std::string hint) {
        good_ = false;
        error(draft_.out, code, at.span, std::move(message), std::move(hint));
    }

    // A team by name, or all teams with that nation, or with one of that group.
    void add_owner(const template_::Text& whose, Host& host) {
        const auto before = host.teams.size();
        const auto* group = find_group(plan_, whose.value);
        const auto nations = group ? group->nations : std::vector{whose.value};
        std::vector<std::string> known;
        for (const auto& team : plan_.teams) {
            known.push_back(team.id);
            known.insert(known.end(), team.nations.begin(), team.nations.end());
            const bool meant =
                team.id == whose.value || std::find_first_of(team.nations.begin(), team.nations.end(), nations.begin(),
                                                             nations.end()) != team.nations.end();
            if (meant && std::find(host.teams.begin(), host.teams.end(), team.id) == host.teams.end())
                host.teams.push_back(team.id);
        }
        if (host.teams.size() == before && std::find(known.begin(), known.end(), whose.value) == known.end())
            refuse("T1153", whose, fmt::format("`{}` is no team and no nation of a team", whose.value),
                   template_::suggest(whose.value, known));
    }

    // Of a team with several nations, the first is charged.
    void add_quota(const template_::QuotaSpec& spec) {
        const auto nation = nation_of(spec.nation, draft_);
        if (!nation || !spec.memory.given())
            return;
        plan_.quotas.push_back({*nation, spec.memory.value});
        std::int64_t needed = 0;
        std::vector<std::string> teams;
        for (const auto& team : plan_.teams) {
            if (team.nations.empty() || team.nations.front() != *nation)
                continue;
            std::int64_t of_team = 0;
            for (const auto& machine : plan_.machines)
                if (machine.team == team.id)
                    of_team += machine.memory_mib;
            teams.push_back(fmt::format("{} {}", team.id, of_team));
            needed += of_team;
        }
        if (teams.empty())
            error(draft_.out, "T1153", spec.nation.span, fmt::format("{} is no team's first nation", *nation),
                  "the first nation of a team is charged with its machines");
        else if (needed > spec.memory.value)
            error(draft_.out, "T1156", spec.memory.span,
                  fmt::format("the machines of {} take {} MiB of memory ({}), and it may take {} MiB", *nation, needed,
                              fmt::join(teams, " + "), spec.memory.value));
    }

    static std::string name_of(const Load& load) { return load.team.empty() ? "the exercise itself" : load.team; }

    // True if a machine is too large for every host that takes it, or no host takes it.
    bool refuse_homeless() {
        bool told = false;
        for (const auto& load : loads_) {
            std::int64_t most = -1;
            std::vector<std::string> names;
            for (const auto& host : plan_.hosts)
                if (takes(host, load)) {
                    most = std::max(most, free_of(host));
                    names.push_back(fmt::format("{} {}", host.id, free_of(host)));
                }
            if (most >= load.largest->memory_mib)
                continue;
            told = true;
            const auto& span = draft_.source.hosts.front().id.span;
            if (most < 0)
                error(draft_.out, "T1154", span,
                      fmt::format("no host takes the machines of {} that are {}", name_of(load),
                                  to_text(load.classification)),
                      "`for` and `highest` of the hosts say what they take");
            else
                error(draft_.out, "T1154", span,
                      fmt::format("`{}` of {} takes {} MiB of memory, and no host that takes it has as much ({})",
                                  load.largest->name, name_of(load), load.largest->memory_mib, fmt::join(names, ", ")));
        }
        return told;
    }

    void refuse_crowd(std::string_view what, std::int64_t Load::*needed, std::int64_t (*free)(const Host&)) {
        std::vector<std::int64_t> wanted;
        std::vector<std::int64_t> there;
        std::vector<std::vector<std::size_t>> taken_by(loads_.size());
        for (std::size_t i = 0; i < loads_.size(); ++i) {
            wanted.push_back(loads_[i].*needed);
            for (std::size_t host = 0; host < plan_.hosts.size(); ++host)
                if (takes(plan_.hosts[host], loads_[i]))
                    taken_by[i].push_back(host);
        }
        for (const auto& host : plan_.hosts)
            there.push_back(free(host));
        const Room room(wanted, there, std::move(taken_by));
        if (room.enough())
            return;
        good_ = false;
        std::int64_t sum = 0;
        std::int64_t carried = 0;
        std::vector<std::string> loads;
        std::vector<std::string> hosts;
        for (std::size_t i = 0; i < loads_.size(); ++i)
            if (room.tight_loads()[i]) {
                sum += wanted[i];
                loads.push_back(fmt::format("{} {}", name_of(loads_[i]), wanted[i]));
            }
        for (std::size_t i = 0; i < there.size(); ++i)
            if (room.tight_hosts()[i]) {
                carried += there[i];
                hosts.push_back(fmt::format("{} {}", plan_.hosts[i].id, there[i]));
            }
        error(draft_.out, "T1155", draft_.source.hosts.front().id.span,
              fmt::format("the machines need {} MiB of {} ({}), and the hosts that take them have {} MiB ({})", sum,
                          what, fmt::join(loads, " + "), carried, fmt::join(hosts, " + ")),
              fmt::format("{} MiB are missing", sum - carried));
    }

    Draft& draft_;
    Plan& plan_;
    std::vector<Load> loads_;
    bool good_ = true;
};

} // namespace

void plan_hosts(Draft& draft) {
    HostPlanner(draft).run();
}

} // namespace testudo::plan
