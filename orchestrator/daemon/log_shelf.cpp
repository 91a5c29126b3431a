#include "orchestrator/daemon/log_shelf.hpp"

#include "orchestrator/store/sqlite_event_store.hpp"

namespace testudo::daemon {
namespace fs = std::filesystem;
namespace {

struct Summary {
    std::string plan_hash;
    bool started = false;
    bool ended = false;
};

Result<Summary> summary_of(const fs::path& log) {
    const auto store = store::SqliteEventStore::open_for_reading(log);
    if (!store)
        return tl::unexpected(store.error());
    Summary summary;
    const auto read = (*store)->read(1, [&summary](const Event& event) {
        if (event.kind == "exercise.created")
            summary.plan_hash = text_or(event.body, "plan_hash");
        summary.started |= event.kind == "exercise.started";
        summary.ended |= event.kind == "exercise.ended";
        return true;
    });
    if (!read)
        return tl::unexpected(read.error());
    return summary;
}

} // namespace

Result<void> make_way_for(const ExerciseFolder& folder, const plan::Plan& plan) {
    if (!fs::exists(folder.log()))
        return {};
    const auto summary = summary_of(folder.log());
    if (!summary)
        return tl::unexpected(summary.error());
    const bool same_plan = summary->plan_hash == plan::hash_of(plan);
    if (!summary->ended && same_plan)
        return {};
    if (!summary->ended && summary->started)
        return fail("exercise.conflict", plan.exercise,
                    "is running with another plan; end it (`testudo exercise end`) before its template may change");
    const auto old = folder.old_log();
    std::error_code ec;
    fs::rename(folder.log(), old, ec);
    if (ec)
        return fail("state.unwritable", folder.log().string(), "cannot be put aside: " + ec.message());
    // Of a controller that was killed SQLite's companion files may be left; they belong to the log.
    for (const auto* companion : {"-wal", "-shm"})
        fs::rename(folder.log().string() + companion, old.string() + companion, ec);
    return {};
}

} // namespace testudo::daemon
