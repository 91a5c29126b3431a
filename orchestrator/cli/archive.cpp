#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/daemon/exercise_archive.hpp"

namespace testudo::cli {

int archive(const ArchiveOptions& options) {
    const auto folder = existing(options.place, options.exercise);
    if (!folder)
        return complain(folder.error());
    const auto manifest = daemon::archive_log(folder->log(), options.output, RealClock());
    if (!manifest)
        return complain(manifest.error());
    fmt::print("{}: {} events of {}; look at it with `testudo replay {}`\n", options.output, manifest->events,
               manifest->title, options.output);
    return exit_ok;
}

} // namespace testudo::cli
