#pragma once
#include <filesystem>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/store/archive.hpp"

namespace testudo::daemon {

// Writes the archive of a log that may be in use by a controller; what the manifest says of the exercise is taken from
// the log.
Result<store::Manifest> archive_log(const std::filesystem::path& log, const std::filesystem::path& archive,
                                    const Clock& clock);

} // namespace testudo::daemon
