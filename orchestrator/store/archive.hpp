#pragma once
#include <memory>
#include <string>

#include "orchestrator/store/sqlite_event_store.hpp"

// An archive is one file: the log, compacted, and a manifest that says how many events it has and how its chain ends.
// It holds no secret: none ever enters a log.
namespace testudo::store {

struct Manifest {
    std::string exercise;
    std::string title;
    std::string label;
    std::string made;    // RFC 3339
    std::string program; // version that made it
    std::uint64_t events = 0;
    std::string head;
};

// Writes `path` in whole or not at all; a file that is there already is refused. `about` gives what the manifest says
// besides the number of events and the head.
Result<Manifest> write_archive(const SqliteEventStore& store, const std::string& path, Manifest about);

struct Archive {
    std::unique_ptr<SqliteEventStore> log; // for reading
    Manifest manifest;
};
// Verifies the whole chain and that it ends as the manifest says.
Result<Archive> open_archive(const std::string& path);

} // namespace testudo::store
