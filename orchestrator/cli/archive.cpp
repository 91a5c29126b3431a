#include "orchestrator/cli/commands.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/daemon/exercise_archive.hpp"
#include "orchestrator/daemon/exercise_folder.hpp"

namespace testudo::cli {

int archive(const ArchiveOptions& options) {
    const auto name = daemon::exercise_name(options.exercise);
    if (!name)
        return complain(name.error());
    const auto manifest =
        daemon::archive_log(daemon::ExerciseFolder(options.place.state, *name).log(), options.output, RealClock());
    if (!manifest)
        return complain(manifest.error());
    fmt::print("{}: {} events of {}; look at it with `testudo replay {}`\n", options.output, manifest->events,
               manifest->title, options.output);
    return exit_ok;
}

} // namespace testudo::cli
