#include "orchestrator/range/steps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>

namespace testudo::range {
namespace {

class Planner {
  public:
    Planner(const Goal& goal, const std::vector<Observed>& observed) : goal_(goal) {
        for (const auto& object : observed)
            if (object.mark.exercise == goal.exercise)
                ours_.push_back(&object);
    }

    std::vector<Step> steps() {
        judge_networks();
        judge_machines();
        remove();
        create_networks();
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
            else if (object->mark.spec != wanted->mark.spec || object->name != wanted->name)
                discard(*object, "its name or bridge changed in the plan");
            else if (!object->running)
                discard(*object, "it is not active");
            else
                kept_.insert(object->mark.object);
        }
    }

    void judge_machines() {
        for (const auto* object : ours_) {
            if (object->kind != ObjectKind::machine)
                continue;
            const auto* wanted = goal_.machine(object->mark.object);
            if (wanted == nullptr)
                discard(*object, "it is not in the plan any more");
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
            if (!kept_.contains(segment))
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

    void create_networks() {
        for (const auto& network : goal_.networks) {
            const auto& id = network.mark.object;
            if (kept_.contains(id))
                continue;
            created_[id] = steps_.size();
            steps_.push_back({Step::Act::create_network, id, network.name, {}, why_created(id), removals_[id], {}});
        }
    }

    // Full machines first: they take longest to boot, and containers fill the wait.
    void create_machines() {
        for (const auto kind : {plan::MachineKind::vm, plan::MachineKind::container})
            for (const auto& machine : goal_.machines) {
                const auto& id = machine.spec.mark.object;
                if (machine.spec.kind != kind || kept_.contains(id))
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
        if (!asked_.insert(id).second)
            return;
        const auto it = created_.find(id);
        const auto fresh = it != created_.end();
        auto after = fresh ? std::vector{it->second} : std::vector<std::size_t>{};
        for (const auto& need : machine.needs)
            if (const auto* needed = goal_.machine(need)) {
                make_ready(*needed);
                after.push_back(ready_.at(need));
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
    std::vector<const Observed*> ours_;
    std::set<std::string> kept_;
    std::vector<std::pair<const Observed*, std::string>> discarded_;
    std::map<std::string, std::string> replaced_;
    std::map<std::string, std::vector<std::size_t>> removals_; // object -> its remove_* steps
    std::map<std::string, std::size_t> created_;               // object -> its create_* step
    std::map<std::string, std::size_t> ready_;                 // machine -> its make_ready step
    std::set<std::string> asked_;
    std::vector<Step> steps_;
};

} // namespace

std::vector<Step> steps_up(const Goal& goal, const std::vector<Observed>& observed) {
    return Planner(goal, observed).steps();
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
                              const std::set<std::string>& machines) {
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
    auto steps = steps_up(alone, stale);
    for (auto& step : steps)
        if (step.act != Step::Act::make_ready)
            step.reason = "it is reset";
    return steps;
}

std::vector<Change> changes_of(const std::vector<Step>& steps) {
    std::vector<Change> changes;
    std::map<std::string, std::size_t> removed;
    for (const auto& step : steps) {
        if (step.act == Step::Act::make_ready)
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
        }
        throw std::logic_error("unknown act");
    }();
    return fmt::format("{} {}: {}", what, step.object, step.reason);
}

} // namespace testudo::range
