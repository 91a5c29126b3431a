#include "orchestrator/range/steps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

namespace testudo::range {
namespace {

class Planner {
  public:
    Planner(const Goal& goal, const std::vector<Observed>& observed, const LostHosts& lost) : goal_(goal), lost_(lost) {
        for (const auto& object : observed)
            if (object.mark.exercise == goal.exercise)
                ours_.push_back(&object);
    }

    std::vector<Step> steps() {
        judge_networks();
        judge_machines();
        remove();
        create_networks();
        join_networks();
        create_machines();
        make_ready();
        return std::move(steps_);
    }

  private:
    void judge_networks() {
        for (const auto* object : ours_) {
            if (object->kind != ObjectKind::network)
                continue;
            const auto* wanted = goal_.network(object->mark.object);
            if (wanted == nullptr)
                discard(*object, "it is not in the plan any more");
            else if (!belongs_on(wanted->hosts, object->host))
                discard(*object, fmt::format("it is not needed on {} any more", object->host));
            else if (object->mark.spec != wanted->mark.spec || object->name != wanted->name)
                discard(*object, "its name or bridge changed in the plan");
            else if (!object->running)
                discard(*object, "it is not active");
            else
                parts_.insert({object->mark.object, object->host});
        }
        for (const auto& network : goal_.networks)
            if (missing_on(network).empty())
                kept_.insert(network.mark.object);
    }

    static bool belongs_on(const std::vector<std::string>& hosts, const std::string& host) {
        return hosts.empty() || std::find(hosts.begin(), hosts.end(), host) != hosts.end();
    }

    // Hosts that are up and have no part of the network that can stay; {""} where there is but one host.
    std::vector<std::string> missing_on(const NetworkSpec& network) const {
        std::vector<std::string> missing;
        const auto& id = network.mark.object;
        for (const auto& host : network.hosts)
            if (!lost_.contains(host) && !parts_.contains({id, host}))
                missing.push_back(host);
        if (network.hosts.empty() &&
            std::none_of(parts_.begin(), parts_.end(), [&](const auto& part) { return part.first == id; }))
            missing.emplace_back();
        return missing;
    }

    void judge_machines() {
        for (const auto* object : ours_) {
            if (object->kind != ObjectKind::machine)
                continue;
            const auto* wanted = goal_.machine(object->mark.object);
            if (wanted == nullptr)
                discard(*object, "it is not in the plan any more");
            else if (lost_.contains(wanted->spec.host))
                continue; // where it belongs it may be running
            else if (!wanted->spec.host.empty() && object->host != wanted->spec.host)
                discard(*object, fmt::format("it is on {} and belongs on {}",
                                             object->host.empty() ? "the only host of before" : object->host,
                                             wanted->spec.host));
            else if (object->machine != wanted->spec.kind)
                discard(*object, "its kind changed in the plan");
            else if (object->mark.spec != wanted->spec.mark.spec || object->name != wanted->spec.name)
                discard(*object, "it changed in the plan");
            else if (!object->running)
                discard(*object, fmt::format("it is not running but {}", object->state));
            else if (const auto segment = lost_segment(*wanted); !segment.empty())
                discard(*object, fmt::format("its segment {} is made anew", segment));
            else
                kept_.insert(object->mark.object);
        }
    }

    std::string lost_segment(const Goal::Machine& machine) const {
        for (const auto& segment : machine.segments)
            if (!kept_.contains(segment) && !parts_.contains({segment, machine.spec.host}))
                return segment;
        return "";
    }

    void discard(const Observed& object, std::string reason) {
        replaced_[object.mark.object] = reason;
        discarded_.emplace_back(&object, std::move(reason));
    }

    void remove() {
        for (const auto kind : {ObjectKind::machine, ObjectKind::network}) {
            const auto machines = steps_.size();
            for (const auto& [object, reason] : discarded_) {
                if (object->kind != kind)
                    continue;
                Step step{kind == ObjectKind::machine ? Step::Act::remove_machine : Step::Act::remove_network,
                          object->mark.object,
                          object->name,
                          object->machine,
                          reason,
                          {},
                          *object};
                if (kind == ObjectKind::network)
                    for (std::size_t i = 0; i < machines; ++i)
                        step.after.push_back(i);
                removals_[object->mark.object].push_back(steps_.size());
                steps_.push_back(std::move(step));
            }
        }
    }

    std::string why_created(const std::string& object) const {
        const auto it = replaced_.find(object);
        return it == replaced_.end() ? "it is missing" : it->second;
    }

    std::string why_made(const NetworkSpec& network) const {
        const auto missing = missing_on(network);
        if (missing.size() < network.hosts.size() || replaced_elsewhere(network))
            return fmt::format("it is missing on {}", fmt::join(missing, ", "));
        return why_created(network.mark.object);
    }
    // All that was removed of it stood where it is not needed.
    bool replaced_elsewhere(const NetworkSpec& network) const {
        const auto removed = removals_.find(network.mark.object);
        return !network.hosts.empty() && removed != removals_.end() &&
               std::none_of(removed->second.begin(), removed->second.end(),
                            [&](std::size_t step) { return belongs_on(network.hosts, steps_[step].removed->host); });
    }

    // Which hosts have parts of it may have changed, and what joins them does not show in what a hypervisor lists.
    void join_networks() {
        for (const auto& network : goal_.networks)
            if (kept_.contains(network.mark.object) &&
                std::any_of(network.hosts.begin(), network.hosts.end(),
                            [&](const std::string& host) { return !lost_.contains(host); }))
                steps_.push_back({Step::Act::join_network,
                                  network.mark.object,
                                  network.name,
                                  {},
                                  network.hosts.size() == 1
                                      ? "all of it is on " + network.hosts.front()
                                      : fmt::format("it has parts on {}", fmt::join(network.hosts, ", ")),
                                  {},
                                  {}});
    }

    void create_networks() {
        for (const auto& network : goal_.networks) {
            const auto& id = network.mark.object;
            if (kept_.contains(id))
                continue;
            created_[id] = steps_.size();
            steps_.push_back({Step::Act::create_network, id, network.name, {}, why_made(network), removals_[id], {}});
        }
    }

    // Full machines first: they take longest to boot, and containers fill the wait.
    void create_machines() {
        for (const auto kind : {plan::MachineKind::vm, plan::MachineKind::container})
            for (const auto& machine : goal_.machines) {
                const auto& id = machine.spec.mark.object;
                if (machine.spec.kind != kind || kept_.contains(id) || lost_.contains(machine.spec.host))
                    continue;
                auto after = removals_[id];
                for (const auto& segment : machine.segments)
                    if (const auto it = created_.find(segment); it != created_.end())
                        after.push_back(it->second);
                std::sort(after.begin(), after.end());
                after.erase(std::unique(after.begin(), after.end()), after.end());
                created_[id] = steps_.size();
                steps_.push_back({Step::Act::create_machine, id, machine.spec.name, kind, why_created(id), after, {}});
            }
    }

    void make_ready() {
        for (const auto& machine : goal_.machines)
            make_ready(machine);
    }

    // Those that it needs come before it.
    void make_ready(const Goal::Machine& machine) {
        const auto& id = machine.spec.mark.object;
        if (lost_.contains(machine.spec.host) || !asked_.insert(id).second)
            return;
        const auto it = created_.find(id);
        const auto fresh = it != created_.end();
        auto after = fresh ? std::vector{it->second} : removals_[id]; // a stale copy elsewhere has its addresses
        for (const auto& need : machine.needs)
            if (const auto* needed = goal_.machine(need)) {
                make_ready(*needed);
                if (const auto ready = ready_.find(need); ready != ready_.end()) // its host may be lost
                    after.push_back(ready->second);
            }
        ready_[id] = steps_.size();
        steps_.push_back({Step::Act::make_ready,
                          id,
                          machine.spec.name,
                          machine.spec.kind,
                          fresh ? "its agent gives it its addresses, users, files and services"
                                : "it is there as planned; its agent is asked whether it is ready",
                          std::move(after),
                          {}});
    }

    const Goal& goal_;
    const LostHosts& lost_;
    std::vector<const Observed*> ours_;
    std::set<std::string> kept_;                          // networks wherever they have to be, machines
    std::set<std::pair<std::string, std::string>> parts_; // network, host: can stay
    std::vector<std::pair<const Observed*, std::string>> discarded_;
    std::map<std::string, std::string> replaced_;
    std::map<std::string, std::vector<std::size_t>> removals_; // object -> its remove_* steps
    std::map<std::string, std::size_t> created_;               // object -> its create_* step
    std::map<std::string, std::size_t> ready_;                 // machine -> its make_ready step
    std::set<std::string> asked_;
    std::vector<Step> steps_;
};

} // namespace

std::vector<Step> steps_up(const Goal& goal, const std::vector<Observed>& observed, const LostHosts& lost) {
    return Planner(goal, observed, lost).steps();
}

std::vector<std::string> machines_on(const LostHosts& lost, const Goal& goal) {
    std::vector<std::string> machines;
    for (const auto& machine : goal.machines)
        if (lost.contains(machine.spec.host))
            machines.push_back(machine.spec.mark.object);
    return machines;
}

std::vector<Step> steps_down(std::string_view exercise, const std::vector<Observed>& observed) {
    // The same as an empty plan of that exercise, told in other words.
    Goal nothing;
    nothing.exercise = exercise;
    auto steps = steps_up(nothing, observed);
    for (auto& step : steps)
        step.reason = "the exercise is taken down";
    return steps;
}

std::vector<Step> steps_reset(const Goal& goal, const std::vector<Observed>& observed,
                              const std::set<std::string>& machines, const std::string& snapshot,
                              const LostHosts& lost) {
    Goal alone;
    alone.exercise = goal.exercise;
    for (const auto& machine : goal.machines)
        if (machines.contains(machine.spec.mark.object)) {
            alone.machines.push_back(machine);
            alone.machines.back().segments.clear(); // its networks stay as they are
        }
    std::vector<Observed> stale;
    for (const auto& object : observed)
        if (object.mark.exercise == goal.exercise && object.kind == ObjectKind::machine &&
            machines.contains(object.mark.object)) {
            stale.push_back(object);
            stale.back().mark.spec.clear();
        }
    auto steps = steps_up(alone, stale, lost);
    for (auto& step : steps) {
        step.snapshot = snapshot;
        if (step.act != Step::Act::make_ready)
            step.reason = snapshot.empty() ? "it is reset" : "it is rolled back to " + snapshot;
    }
    return steps;
}

std::vector<Step> steps_keep(const Goal& goal, const std::set<std::string>& machines, const std::string& snapshot) {
    std::vector<Step> steps;
    for (const auto& machine : goal.machines)
        if (machines.contains(machine.spec.mark.object))
            steps.push_back({Step::Act::keep_machine,
                             machine.spec.mark.object,
                             machine.spec.name,
                             machine.spec.kind,
                             "it is kept as " + snapshot,
                             {},
                             {},
                             snapshot});
    return steps;
}

std::vector<Change> changes_of(const std::vector<Step>& steps) {
    std::vector<Change> changes;
    std::map<std::string, std::size_t> removed;
    for (const auto& step : steps) {
        if (step.act == Step::Act::make_ready || step.act == Step::Act::keep_machine ||
            step.act == Step::Act::join_network)
            continue;
        const bool machine = step.act == Step::Act::remove_machine || step.act == Step::Act::create_machine;
        const bool removal = step.act == Step::Act::remove_machine || step.act == Step::Act::remove_network;
        if (const auto it = removed.find(step.object); it != removed.end()) { // it may stand in several places
            if (!removal)
                changes[it->second].kind = Change::Kind::made_anew;
            continue;
        }
        if (removal)
            removed[step.object] = changes.size();
        changes.push_back({removal ? Change::Kind::removed : Change::Kind::made, machine, step.object, step.reason});
    }
    return changes;
}

std::string_view word_of(Change::Kind kind) {
    switch (kind) {
    case Change::Kind::made:
        return "made";
    case Change::Kind::made_anew:
        return "made anew";
    case Change::Kind::removed:
        return "removed";
    }
    throw std::logic_error("unknown change");
}

std::string_view name_of(Step::Act act) {
    switch (act) {
    case Step::Act::remove_machine:
        return "remove-machine";
    case Step::Act::remove_network:
        return "remove-network";
    case Step::Act::create_network:
        return "create-network";
    case Step::Act::create_machine:
        return "create-machine";
    case Step::Act::make_ready:
        return "make-ready";
    case Step::Act::join_network:
        return "join-network";
    case Step::Act::keep_machine:
        return "keep-machine";
    }
    throw std::logic_error("unknown act");
}

std::string describe(const Step& step) {
    const auto what = [&] {
        switch (step.act) {
        case Step::Act::remove_machine:
            return "remove machine";
        case Step::Act::remove_network:
            return "remove network";
        case Step::Act::create_network:
            return "create network";
        case Step::Act::create_machine:
            return step.kind == plan::MachineKind::vm ? "create machine" : "create container";
        case Step::Act::make_ready:
            return "make ready";
        case Step::Act::join_network:
            return "join network";
        case Step::Act::keep_machine:
            return "keep";
        }
        throw std::logic_error("unknown act");
    }();
    return fmt::format("{} {}: {}", what, step.object, step.reason);
}

} // namespace testudo::range
