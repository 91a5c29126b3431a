#include "orchestrator/cli/on_range.hpp"

#include "orchestrator/cli/progress_line.hpp"
#include "orchestrator/daemon/signals.hpp"

namespace testudo::cli {

Result<range::Outcome> on_range(const Place& place, const Provisioned& exercise, const std::string& interrupted,
                                const OnRange& what) {
    RealLoop loop;
    const daemon::StopOnSignal signals(loop, [&loop](int) { loop.stop(); });
    const auto hypervisor = daemon::connect(loop, host_of(place, exercise.folder));
    if (!hypervisor)
        return tl::unexpected(hypervisor.error());
    const auto journal = range::Journal::open(exercise.folder.journal(), loop.clock());
    if (!journal)
        return tl::unexpected(journal.error());
    range::Range range(loop, **hypervisor, **journal, exercise.plan, exercise.seed, {}, exercise.placement);
    Result<range::Outcome> outcome = fail("range.interrupted", exercise.plan.exercise, interrupted);
    ProgressLine line(loop.clock());
    what(
        range, [&](const range::Progress& progress) { line.show(progress); },
        [&](Result<range::Outcome> result) {
            outcome = std::move(result);
            loop.stop();
        });
    loop.run();
    return outcome;
}

} // namespace testudo::cli
