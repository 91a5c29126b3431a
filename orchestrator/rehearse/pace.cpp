#include "orchestrator/rehearse/pace.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "orchestrator/rehearse/symptom.hpp"

namespace testudo::rehearse {
namespace {

constexpr std::int64_t windows_of_the_unbreakable = 20;

std::size_t windows(Millis duration, Millis period) {
    return static_cast<std::size_t>((duration + period - Millis(1)) / period);
}

std::set<std::string> breakable_checks(const plan::Plan& plan) {
    std::map<std::string, std::vector<const plan::Check*>> of_machine;
    for (const auto& check : plan.checks)
        of_machine[check.target].push_back(&check);
    std::set<std::string> out;
    for (const auto& inject : plan.injects)
        for (const auto& target : inject.targets) {
            const auto* machine = plan::find_machine(plan, target.target);
            for (const auto* check : of_machine[target.target])
                if (machine && !out.contains(check->name) &&
                    symptom_of(*machine, inject.action, target.params, check->type, check->port, check->params))
                    out.insert(check->name);
        }
    return out;
}

struct Group { // the same check of all teams: one period, since windows are compared
    Millis period{0};
    std::size_t instances = 0;
    bool breakable = false;
};

std::size_t probes(const std::map<std::string, Group>& groups, Millis duration) {
    std::size_t sum = 0;
    for (const auto& [name, group] : groups)
        sum += group.instances * windows(duration, group.period);
    return sum;
}

void slow_down(std::map<std::string, Group>& groups, Millis duration, std::size_t most) {
    if (probes(groups, duration) <= most)
        return;
    std::size_t breakable = 0;
    for (auto& [name, group] : groups) {
        if (group.breakable)
            breakable += group.instances * windows(duration, group.period);
        else
            group.period = std::max(group.period, duration / windows_of_the_unbreakable);
    }
    const auto others = probes(groups, duration) - breakable;
    const auto left = most > others + most / 4 ? most - others : most / 4;
    if (breakable <= left)
        return;
    const auto factor = static_cast<std::int64_t>((breakable + left - 1) / left);
    for (auto& [name, group] : groups)
        if (group.breakable)
            group.period *= factor;
}

// Files, rules and users do not matter to a rehearsal, nor do machines that nobody asks or touches.
void keep_what_plays(plan::Plan& plan) {
    std::set<std::string> used;
    for (const auto& check : plan.checks)
        used.insert({check.target, check.vantage, check.second_vantage});
    for (const auto& inject : plan.injects)
        for (const auto& target : inject.targets)
            used.insert({target.agent, target.target});
    std::erase_if(plan.machines, [&used](const plan::Machine& machine) { return !used.contains(machine.id); });
    for (auto& machine : plan.machines) {
        machine.nftables.clear();
        machine.files.clear();
        machine.users.clear();
        machine.setup.clear();
        machine.routes.clear();
        machine.reach.clear();
    }
    plan.segments.clear();
}

} // namespace

plan::Plan at_pace(const plan::Plan& plan, std::size_t most, Pace& pace) {
    auto out = plan;
    const auto breakable = breakable_checks(plan);
    std::map<std::string, Group> groups;
    for (const auto& check : plan.checks) {
        auto& group = groups[check.name];
        group.period = std::max(Millis(1), check.period);
        group.breakable = breakable.contains(check.name);
        ++group.instances;
    }
    pace.planned = probes(groups, plan.duration);
    slow_down(groups, plan.duration, most);
    pace.rehearsed = probes(groups, plan.duration);
    std::set<std::string> told;
    for (auto& check : out.checks) {
        const auto& group = groups.at(check.name);
        if (group.period != check.period && told.insert(check.name).second)
            pace.slowed.push_back({check.name, check.period, group.period, group.breakable});
        check.period = group.period;
    }
    keep_what_plays(out);
    return out;
}

} // namespace testudo::rehearse
