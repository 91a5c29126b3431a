#include <filesystem>

#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/cli/progress_line.hpp"
#include "orchestrator/daemon/signals.hpp"
#include "orchestrator/range/range.hpp"

namespace testudo::cli {

int down(const ExerciseOptions& options) {
    // No plan is needed: what is ours is known by its mark.
    const auto folder = existing(options.place, options.exercise);
    if (!folder)
        return complain(folder.error());
    const auto name = folder->name();

    RealLoop loop;
    const daemon::StopOnSignal signals(loop, [&loop](int) { loop.stop(); });
    const auto hypervisor = daemon::connect(loop, host_of(options.place, *folder));
    if (!hypervisor)
        return complain(hypervisor.error());
    const auto journal = range::Journal::open(folder->journal(), loop.clock());
    if (!journal)
        return complain(journal.error());
    range::Range range(loop, **hypervisor, **journal, name);

    Result<range::Outcome> outcome =
        fail("range.interrupted", name, "not everything is removed: run `testudo down` again");
    {
        ProgressLine line(loop.clock());
        range.down([&](const range::Progress& progress) { line.show(progress); },
                   [&](Result<range::Outcome> result) {
                       outcome = std::move(result);
                       loop.stop();
                   });
        loop.run();
    }
    if (!outcome)
        return complain(outcome.error());
    if (!outcome->ok()) {
        print_failures(*outcome, "testudo down " + name);
        return exit_failed;
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder->disks(), ignored);
    std::filesystem::remove_all(folder->snapshots(), ignored);
    std::filesystem::remove(folder->placement(), ignored);
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"exercise", name}, {"removed", outcome->changed}}));
    else
        fmt::print("{}: {} networks and machines removed; the log stays in {}\n", name, outcome->changed,
                   folder->path().string());
    return exit_ok;
}

} // namespace testudo::cli
