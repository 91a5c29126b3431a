#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/core/event.hpp"
#include "orchestrator/store/archive.hpp"

namespace testudo::cli {
namespace {

// The log of an exercise by name or template, or of an archive by its file.
Result<std::unique_ptr<store::SqliteEventStore>> open_log(const ExerciseOptions& options) {
    if (options.exercise.ends_with(".testudo") || options.exercise.ends_with(".db"))
        return store::SqliteEventStore::open_for_reading(options.exercise, options.exercise.ends_with(".testudo"));
    const auto folder = existing(options.place, options.exercise);
    if (!folder)
        return tl::unexpected(folder.error());
    return store::SqliteEventStore::open_for_reading(folder->log());
}

std::string line_of(const Event& event) {
    const auto at = event.exercise_ms < 0 ? std::string("before") : to_exercise_text(Millis(event.exercise_ms));
    auto body = json::serialize(event.body);
    if (body.size() > 160)
        body = body.substr(0, 157) + "...";
    return fmt::format("{:>6}  {}  {:<11} {:<20} {:<10} {}", event.seq, to_rfc3339(WallTime(Millis(event.wall_ms))), at,
                       event.kind, event.scope, body);
}

} // namespace

int log_verify(const ExerciseOptions& options) {
    const auto log = open_log(options);
    if (!log)
        return complain(log.error());
    const auto verified = (*log)->verify();
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"valid", verified.has_value()},
                                                       {"events", (*log)->last_seq()},
                                                       {"head", (*log)->head()},
                                                       {"error", verified ? "" : verified.error().text()}}));
    else if (verified)
        fmt::print("{} events, unbroken; the chain ends in {}\n", (*log)->last_seq(), (*log)->head());
    return verified ? exit_ok : complain(verified.error());
}

int log_show(const ExerciseOptions& options) {
    const auto log = open_log(options);
    if (!log)
        return complain(log.error());
    const auto read = (*log)->read(1, [&options](const Event& event) {
        fmt::print("{}\n", options.json ? encode(event) : line_of(event));
        return true;
    });
    return read ? exit_ok : complain(read.error());
}

} // namespace testudo::cli
