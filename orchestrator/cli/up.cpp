#include <algorithm>

#include "orchestrator/cli/changes.hpp"
#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/cli/progress_line.hpp"
#include "orchestrator/daemon/log_shelf.hpp"
#include "orchestrator/daemon/signals.hpp"
#include "orchestrator/images/labels.hpp"
#include "orchestrator/range/range.hpp"

namespace testudo::cli {
namespace {

struct Done {
    range::Outcome outcome;
    std::vector<range::Change> changes; // to a range that was there; empty for one that was made from nothing
};

bool was_there(const std::vector<range::Step>& steps) {
    const auto made = std::count_if(steps.begin(), steps.end(),
                                    [](const auto& step) { return step.act == range::Step::Act::create_machine; });
    const auto asked = std::count_if(steps.begin(), steps.end(),
                                     [](const auto& step) { return step.act == range::Step::Act::make_ready; });
    return made < asked || std::any_of(steps.begin(), steps.end(), [](const auto& step) { return step.removed; });
}

Result<Done> bring_up(const UpOptions& options, const daemon::ExerciseFolder& folder, const plan::Plan& plan) {
    const auto seed = folder.seed();
    if (!seed)
        return tl::unexpected(seed.error());
    RealLoop loop;
    const daemon::StopOnSignal signals(loop, [&loop](int) { loop.stop(); });
    auto host = host_of(options.place, folder);
    if (!options.hosts.empty()) {
        auto inventory = daemon::read_inventory(options.hosts, plan);
        if (!inventory)
            return tl::unexpected(inventory.error());
        host.hosts = std::move(*inventory);
    }
    if (host.hosts.empty() && !plan.hosts.empty())
        fmt::print(stderr, "testudo: the template has {} hosts; without --hosts all machines run here\n",
                   plan.hosts.size());
    const auto hypervisor = daemon::connect(loop, host);
    if (!hypervisor)
        return tl::unexpected(hypervisor.error());
    const auto journal = range::Journal::open(folder.journal(), loop.clock());
    if (!journal)
        return tl::unexpected(journal.error());
    // With the lock of the journal in hand: nobody else works on this exercise now.
    if (const auto free = daemon::make_way_for(folder, plan); !free)
        return tl::unexpected(free.error());
    const auto before = last_plan(folder);
    if (const auto kept = daemon::ExerciseFolder::write_private(folder.plan(), json::serialize(plan::to_json(plan)));
        !kept)
        return tl::unexpected(kept.error());

    range::Placement placement;
    if (!host.hosts.empty()) {
        const auto kept = daemon::ExerciseFolder::write_private(folder.hosts(), json::serialize(to_json(host.hosts)));
        if (!kept)
            return tl::unexpected(kept.error());
        const auto placed = daemon::place_machines(folder, plan);
        if (!placed)
            return tl::unexpected(placed.error());
        placement = daemon::hosts_of(*placed);
    }
    range::Range range(loop, **hypervisor, **journal, plan, *seed, {}, placement);
    Result<Done> result =
        fail("range.interrupted", plan.exercise,
             "go on with `testudo up " + options.file + "`, or undo with `testudo down " + plan.exercise + "`");
    ProgressLine line(loop.clock());
    std::vector<range::Change> changes;
    const auto about_to = [&](const std::vector<range::Step>& steps) {
        if (!was_there(steps))
            return;
        changes = explained(steps, before ? plan::difference(*before, plan) : std::vector<plan::Difference>{});
        fmt::print(stderr, "{}", text_of(changes));
    };
    range.up(
        about_to, [&](const range::Progress& progress) { line.show(progress); },
        [&](Result<range::Outcome> outcome) {
            if (outcome)
                result = Done{std::move(*outcome), changes};
            else
                result = tl::unexpected(outcome.error());
            loop.stop();
        });
    loop.run();
    return result;
}

} // namespace

int up(const UpOptions& options) {
    const auto planned = plan_template(options.file);
    print_diagnostics(planned.diagnostics);
    if (!planned.plan)
        return exit_template;
    if (const auto withheld = images::withheld(*planned.plan, images_of(options.place)); !withheld.empty()) {
        for (const auto& error : withheld)
            complain(error);
        return exit_failed;
    }
    const daemon::ExerciseFolder folder(options.place.state, planned.plan->exercise);
    if (const auto created = folder.create(); !created)
        return complain(created.error());
    const auto done = bring_up(options, folder, *planned.plan);
    if (!done)
        return complain(done.error());
    const auto& outcome = done->outcome;
    if (!outcome.ok()) {
        print_failures(outcome, "testudo up " + options.file);
        return exit_failed;
    }
    const auto& name = planned.plan->exercise;
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"exercise", name},
                                                       {"changed", outcome.changed},
                                                       {"kept", outcome.kept},
                                                       {"changes", to_json(done->changes)}}));
    else if (outcome.changed == 0)
        fmt::print("{}: everything is as planned, nothing was changed\n", name);
    else
        fmt::print("{}: the range is up ({} steps done, {} were as planned); run it with `testudo serve {}`\n", name,
                   outcome.changed, outcome.kept, name);
    return exit_ok;
}

} // namespace testudo::cli
