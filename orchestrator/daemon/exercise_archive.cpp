#include "orchestrator/daemon/exercise_archive.hpp"

#include "orchestrator/exercise/projection.hpp"

namespace testudo::daemon {

Result<store::Manifest> archive_log(const std::filesystem::path& log, const std::filesystem::path& archive,
                                    const Clock& clock) {
    const auto opened = store::SqliteEventStore::open_for_reading(log);
    if (!opened)
        return tl::unexpected(opened.error());
    Result<exercise::Projection> first = fail("log.empty", log.string(), "the exercise has no events yet");
    const auto read = (*opened)->read(1, [&](const Event& event) {
        first = exercise::Projection::from(event);
        return false;
    });
    if (!read)
        return tl::unexpected(read.error());
    if (!first)
        return tl::unexpected(first.error());
    store::Manifest about;
    about.exercise = first->plan().exercise;
    about.title = first->plan().title;
    about.label = first->plan().label;
    about.made = to_rfc3339(clock.wall());
    about.program = TESTUDO_VERSION;
    return store::write_archive(**opened, archive, about);
}

} // namespace testudo::daemon
