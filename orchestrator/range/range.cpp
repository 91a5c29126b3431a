#include "orchestrator/range/range.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace testudo::range {
namespace {

// After a crash the hypervisor may still be at work on a call of the killed process.
constexpr Millis settle{1'500};
constexpr int sweeps = 4;

} // namespace

Range::Range(Loop& loop, Hypervisor& hypervisor, Journal& journal, const plan::Plan& plan, std::string_view seed,
             Limits limits, const Placement& placement)
    : loop_(loop), hypervisor_(hypervisor), journal_(journal), goal_(goal_of(plan, seed, placement)), limits_(limits),
      guests_(loop, hypervisor, seed) {
    hypervisor_.on_vanished(
        [this](const MachineRef& machine, const std::string& reason) { vanished(machine, reason); });
    hypervisor_.on_notice([this](const std::string& object, const std::string& text) {
        if (executor_)
            executor_->note(object, text);
    });
    hypervisor_.on_host([this](const std::string& host, bool up, const std::string& reason) {
        // In a later task: the pool is in the middle of a list.
        loop_.post(while_alive([=, this] { host_changed(host, up, reason); }));
    });
}

Range::Range(Loop& loop, Hypervisor& hypervisor, Journal& journal, std::string exercise)
    : loop_(loop), hypervisor_(hypervisor), journal_(journal), guests_(loop, hypervisor) {
    goal_.exercise = std::move(exercise);
}

Range::~Range() {
    hypervisor_.on_vanished({});
    hypervisor_.on_notice({});
    hypervisor_.on_host({});
}

void Range::place(const plan::Plan& plan, std::string_view seed, const Placement& placement) {
    if (busy_)
        throw std::logic_error("range: placed while another command is running");
    goal_ = goal_of(plan, seed, placement);
}

void Range::host_changed(const std::string& host, bool up, const std::string& reason) {
    const auto machines = machines_on({{host, reason}}, goal_);
    if (!up)
        for (const auto& id : machines) {
            const auto& spec = goal_.machine(id)->spec;
            const auto why = fmt::format("its host {} is lost: {}", host, reason);
            guests_.vanished(ref_of(spec), why);
            guests_.remove(id); // its channel may hang on unbroken: it is opened anew when the host is back
            if (gone_ && !taken_.contains(id))
                gone_(id, why);
        }
    else if (busy_)
        look_again_ = true;
    else
        attach([](const auto&) {});
    if (host_change_)
        host_change_(host, up, reason, machines);
}

void Range::add_lost(Outcome& outcome) const {
    const auto lost = hypervisor_.lost();
    for (const auto& id : machines_on(lost, goal_)) {
        const auto& spec = goal_.machine(id)->spec;
        // That it was lost on the way says more than what it was seen by.
        std::erase_if(outcome.failures, [&](const Failure& failure) { return failure.step.object == id; });
        outcome.failures.push_back(
            {{Step::Act::make_ready, id, spec.name, spec.kind, "its host is lost", {}, {}},
             Error("range.host-lost", id,
                   fmt::format("its host {} is lost: {}; `testudo evacuate` brings it up elsewhere, `testudo up` where "
                               "it was once the host is back",
                               spec.host, lost.at(spec.host)))});
    }
}

void Range::vanished(const MachineRef& machine, const std::string& reason) {
    guests_.vanished(machine, reason);
    for (const auto& m : goal_.machines)
        if (gone_ && ref_of(m.spec) == machine && !taken_.contains(m.spec.mark.object))
            gone_(m.spec.mark.object, reason);
}

void Range::begin() {
    if (std::exchange(busy_, true))
        throw std::logic_error("range: another command is running");
}

Range::Done Range::ending(Done done) {
    return while_alive([this, done = std::move(done)](Result<Outcome> outcome) {
        busy_ = false;
        taken_.clear();
        if (std::exchange(look_again_, false))
            attach([](const auto&) {});
        done(std::move(outcome));
    });
}

void Range::run(const std::string& command, std::vector<Step> steps, OnProgress progress,
                std::function<void(Outcome)> done, const std::optional<Snapshots>& snapshots) {
    journal_.begin(command, goal_.plan_hash, steps.size());
    executor_ = std::make_unique<Executor>(loop_, hypervisor_, guests_, journal_, goal_, limits_);
    if (snapshots)
        executor_->use(*snapshots);
    executor_->run(std::move(steps), std::move(progress), [this, done = std::move(done)](Outcome outcome) {
        journal_.end(outcome.failures.size());
        // It is the executor that is calling.
        loop_.post([old = std::shared_ptr(std::move(executor_))] {});
        done(std::move(outcome));
    });
}

void Range::steps(std::function<void(Result<std::vector<Step>>)> done) {
    hypervisor_.list(while_alive([this, done = std::move(done)](Result<std::vector<Observed>> observed) {
        if (!observed)
            return done(tl::unexpected(observed.error()));
        done(steps_up(goal_, *observed, hypervisor_.lost()));
    }));
}

void Range::up(AboutTo about_to, OnProgress progress, Done done) {
    begin();
    done = ending(std::move(done));
    const auto go = while_alive([=, this] {
        steps(while_alive([=, this](Result<std::vector<Step>> todo) {
            if (!todo)
                return done(tl::unexpected(todo.error()));
            with_memory_for(std::move(*todo), done, while_alive([=, this](std::vector<Step> steps) {
                                with_guard(done, while_alive([=, this] {
                                               if (about_to)
                                                   about_to(steps);
                                               run("up", steps, progress, [this, done](Outcome outcome) {
                                                   add_lost(outcome);
                                                   done(std::move(outcome));
                                               });
                                           }));
                            }));
        }));
    });
    if (journal_.last_ended())
        loop_.post(go);
    else
        loop_.after(settle, go);
}

void Range::down(OnProgress progress, Done done) {
    begin();
    done = ending(std::move(done));
    const auto go = while_alive(
        [this, progress = std::move(progress), done = std::move(done)] { sweep(sweeps, {}, progress, done); });
    if (journal_.last_ended())
        loop_.post(go);
    else
        loop_.after(settle, go);
}

// Only virtual machines are counted: they take all that they are given, and containers seldom a tenth of what they may.
void Range::with_memory_for(std::vector<Step> todo, const Done& refused, std::function<void(std::vector<Step>)> go) {
    std::int64_t needed_mib = 0;
    std::size_t machines = 0;
    for (const auto& step : todo)
        if (step.act == Step::Act::create_machine && step.kind == plan::MachineKind::vm) {
            needed_mib += goal_.machine(step.object)->spec.memory_mib;
            ++machines;
        }
    if (machines == 0)
        return go(std::move(todo));
    hypervisor_.host_info(
        while_alive([=, this, todo = std::move(todo), go = std::move(go)](const Result<HostInfo>& host) mutable {
            if (!host)
                return refused(tl::unexpected(host.error()));
            if (host->free_memory_mib > 0 && needed_mib > host->free_memory_mib)
                return refused(
                    fail("range.memory", goal_.exercise,
                         fmt::format("the {} virtual machines to be made take {} MiB of memory, and the host has {} "
                                     "MiB free: nothing was made; free some, or give them less memory",
                                     machines, needed_mib, host->free_memory_mib)));
            go(std::move(todo));
        }));
}

// Before the first machine: none may send anything unguarded. It is one transaction that is repeated every time, so it
// needs no journal.
void Range::with_guard(const Done& refused, std::function<void()> go) {
    hypervisor_.guard(goal_.guard, while_alive([refused, go = std::move(go)](const Result<void>& guarded) {
                          if (!guarded && guarded.error().code != "range.unsupported")
                              return refused(tl::unexpected(guarded.error()));
                          go();
                      }));
}

void Range::without_guard(const Outcome& outcome, const Done& done) {
    hypervisor_.unguard(goal_.exercise, while_alive([this, outcome, done](const Result<void>& gone) {
                            if (!gone && gone.error().code != "range.unsupported")
                                return done(tl::unexpected(gone.error()));
                            auto all = outcome;
                            for (const auto& [host, reason] : hypervisor_.lost())
                                all.failures.push_back(
                                    {{Step::Act::remove_machine, host, host, {}, "the exercise is taken down", {}, {}},
                                     Error("range.host-lost", host,
                                           fmt::format("the host is lost: {}; what is left there goes with `testudo "
                                                       "down` once it is back",
                                                       reason))});
                            done(std::move(all));
                        }));
}

// Removes until nothing is found any more: what a killed process had asked for may have come to be in the meantime.
void Range::sweep(int rounds_left, Outcome so_far, OnProgress progress, Done done) {
    hypervisor_.list(while_alive([=, this](Result<std::vector<Observed>> observed) mutable {
        if (!observed)
            return done(tl::unexpected(observed.error()));
        auto todo = steps_down(goal_.exercise, *observed);
        const bool first = rounds_left == sweeps;
        if (todo.empty() && !first)
            return without_guard(so_far, done);
        if (rounds_left == 0) {
            for (auto& step : todo)
                so_far.failures.push_back(
                    {step, Error("range.remains", step.object, "it was removed but is there again: who makes it?")});
            return done(std::move(so_far));
        }
        run("down", std::move(todo), progress, while_alive([=, this](Outcome outcome) mutable {
                so_far.changed += outcome.changed;
                so_far.kept += outcome.kept;
                so_far.skipped += outcome.skipped;
                so_far.failures = outcome.failures;
                if (!outcome.ok())
                    return done(std::move(so_far));
                sweep(rounds_left - 1, std::move(so_far), progress, done);
            }));
    }));
}

void Range::reset(const std::set<std::string>& machines, OnProgress progress, Done done) {
    begin();
    make_anew("reset", machines, "", {}, std::move(progress), ending(std::move(done)));
}

void Range::make_anew(const std::string& command, const std::set<std::string>& machines, const std::string& snapshot,
                      const std::optional<Snapshots>& snapshots, OnProgress progress, Done done) {
    taken_ = machines;
    hypervisor_.list(while_alive([=, this](Result<std::vector<Observed>> observed) {
        if (!observed)
            return done(tl::unexpected(observed.error()));
        for (const auto& machine : machines)
            if (const auto* known = goal_.machine(machine); known == nullptr)
                return done(fail("range.unknown-machine", machine, "the plan has no such machine"));
            else if (const auto lost = hypervisor_.lost(); lost.contains(known->spec.host))
                return done(fail("range.host-lost", machine,
                                 fmt::format("its host {} is lost: {}; `testudo evacuate` brings it up elsewhere",
                                             known->spec.host, lost.at(known->spec.host))));
        with_guard(
            done, while_alive([=, this, steps = steps_reset(goal_, *observed, machines, snapshot, hypervisor_.lost())] {
                run(
                    command, steps, progress, [done](Outcome outcome) { done(std::move(outcome)); }, snapshots);
            }));
    }));
}

void Range::keep(const std::set<std::string>& machines, const std::string& snapshot, const Snapshots& snapshots,
                 OnProgress progress, Done done) {
    begin();
    done = ending(std::move(done));
    const auto good = Snapshots::check_name(snapshot);
    status(while_alive([=, this](Result<std::vector<MachineStatus>> all) {
        if (!good || !all)
            return done(tl::unexpected(good ? all.error() : good.error()));
        for (const auto& machine : *all)
            if (machines.contains(machine.machine) && !machine.as_planned)
                return done(fail(
                    "range.not-as-planned", machine.machine,
                    fmt::format("is {} and not as the template says; `testudo status` tells more", machine.state)));
        run(
            "snapshot", steps_keep(goal_, machines, snapshot), progress,
            [done](Outcome outcome) { done(std::move(outcome)); }, snapshots);
    }));
}

void Range::roll_back(const std::set<std::string>& machines, const std::string& snapshot, const Snapshots& snapshots,
                      OnProgress progress, Done done) {
    begin();
    done = ending(std::move(done));
    for (const auto& machine : machines) {
        const auto kept = snapshots.find(snapshot, machine);
        const auto* goal = goal_.machine(machine);
        if (!kept || goal == nullptr || kept->spec != goal->spec.mark.spec)
            return loop_.post([done, machine, kept] {
                done(kept ? fail("snapshot.other-spec", machine, "the template says otherwise since it was kept")
                          : fail(kept.error().code, kept.error().object, kept.error().message));
            });
    }
    make_anew("rollback", machines, snapshot, snapshots, std::move(progress), done);
}

std::vector<Range::MachineStatus> Range::statuses(const std::vector<Observed>& observed) const {
    std::vector<MachineStatus> all;
    const auto lost = hypervisor_.lost();
    for (const auto& machine : goal_.machines) {
        const auto& mark = machine.spec.mark;
        MachineStatus status{mark.object, ref_of(machine.spec), "missing", false, guests_.connected(mark.object)};
        if (lost.contains(machine.spec.host))
            status.state = "lost";
        for (const auto& object : observed)
            if (object.kind == ObjectKind::machine && object.mark.exercise == mark.exercise &&
                object.mark.object == mark.object && object.machine == machine.spec.kind &&
                object.host == machine.spec.host) {
                status.state = object.state;
                status.as_planned = object.running && object.mark.spec == mark.spec;
            }
        all.push_back(std::move(status));
    }
    return all;
}

void Range::status(std::function<void(Result<std::vector<MachineStatus>>)> done) {
    hypervisor_.list(while_alive([this, done = std::move(done)](Result<std::vector<Observed>> observed) {
        if (!observed)
            return done(tl::unexpected(observed.error()));
        done(statuses(*observed));
    }));
}

void Range::attach(std::function<void(Result<std::vector<MachineStatus>>)> done) {
    status(while_alive([this, done = std::move(done)](Result<std::vector<MachineStatus>> all) {
        if (!all)
            return done(tl::unexpected(all.error()));
        for (const auto& machine : *all)
            if (machine.as_planned && !guests_.connected(machine.machine))
                guests_.add(machine.machine, machine.ref, goal_.machine(machine.machine)->spec.secret);
        std::erase_if(*all, [](const MachineStatus& machine) { return machine.as_planned; });
        done(std::move(*all));
    }));
}

} // namespace testudo::range
