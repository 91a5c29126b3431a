#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/cli/progress_line.hpp"
#include "orchestrator/daemon/log_shelf.hpp"
#include "orchestrator/daemon/signals.hpp"
#include "orchestrator/range/range.hpp"

namespace testudo::cli {
namespace {

Result<range::Outcome> bring_up(const UpOptions& options, const daemon::ExerciseFolder& folder,
                                const plan::Plan& plan) {
    const auto seed = folder.seed();
    if (!seed)
        return tl::unexpected(seed.error());
    RealLoop loop;
    const daemon::StopOnSignal signals(loop, [&loop](int) { loop.stop(); });
    const auto hypervisor = daemon::connect(loop, host_of(options.place, folder));
    if (!hypervisor)
        return tl::unexpected(hypervisor.error());
    const auto journal = range::Journal::open(folder.journal(), loop.clock());
    if (!journal)
        return tl::unexpected(journal.error());
    // With the lock of the journal in hand: nobody else works on this exercise now.
    if (const auto free = daemon::make_way_for(folder, plan); !free)
        return tl::unexpected(free.error());
    if (const auto kept = daemon::ExerciseFolder::write_private(folder.plan(), json::serialize(plan::to_json(plan)));
        !kept)
        return tl::unexpected(kept.error());

    range::Range range(loop, **hypervisor, **journal, plan, *seed);
    Result<range::Outcome> outcome =
        fail("range.interrupted", plan.exercise,
             "go on with `testudo up " + options.file + "`, or undo with `testudo down " + plan.exercise + "`");
    ProgressLine line(loop.clock());
    range.up([&](const range::Progress& progress) { line.show(progress); },
             [&](Result<range::Outcome> result) {
                 outcome = std::move(result);
                 loop.stop();
             });
    loop.run();
    return outcome;
}

} // namespace

int up(const UpOptions& options) {
    const auto planned = plan_template(options.file);
    print_diagnostics(planned.diagnostics);
    if (!planned.plan)
        return exit_template;
    const daemon::ExerciseFolder folder(options.place.state, planned.plan->exercise);
    if (const auto created = folder.create(); !created)
        return complain(created.error());
    const auto outcome = bring_up(options, folder, *planned.plan);
    if (!outcome)
        return complain(outcome.error());
    if (!outcome->ok()) {
        print_failures(*outcome, "testudo up " + options.file);
        return exit_failed;
    }
    const auto& name = planned.plan->exercise;
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{
                               {"exercise", name}, {"changed", outcome->changed}, {"kept", outcome->kept}}));
    else if (outcome->changed == 0)
        fmt::print("{}: everything is as planned, nothing was changed\n", name);
    else
        fmt::print("{}: the range is up ({} steps done, {} were as planned); run it with `testudo serve {}`\n", name,
                   outcome->changed, outcome->kept, name);
    return exit_ok;
}

} // namespace testudo::cli
