#include "orchestrator/store/sqlite_event_store.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "orchestrator/core/digest.hpp"

namespace testudo::store {
namespace {

constexpr std::int64_t application_id = 0x54535444; // "TSTD"
constexpr std::int64_t format = 1;
constexpr std::uint64_t links_checked_at_opening = 64;

const char* const schema = R"(
CREATE TABLE event(
    seq INTEGER PRIMARY KEY,
    line TEXT NOT NULL,
    hash TEXT NOT NULL,
    kind TEXT GENERATED ALWAYS AS (line ->> '$.kind') VIRTUAL,
    scope TEXT GENERATED ALWAYS AS (line ->> '$.scope') VIRTUAL
) STRICT;
CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER event_is_not_removed BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;
CREATE TRIGGER event_follows_the_last BEFORE INSERT ON event
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM event)
    BEGIN SELECT RAISE(ABORT, 'events follow each other without a gap'); END;
)";

Result<int> lock_file(const std::string& path) {
    const int fd = ::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail("store.io", path, fmt::format("cannot make the lock file: {}", std::strerror(errno)));
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return fail("store.locked", path, "another controller is writing this log; stop it first");
    }
    return fd;
}

Result<void> require_ours(const Database& database) {
    const auto id = database.number("PRAGMA application_id");
    if (!id)
        return tl::unexpected(id.error());
    if (*id != application_id)
        return fail("store.foreign", database.path(), "this file is not a log of Testudo");
    const auto version = database.number("PRAGMA user_version");
    if (!version)
        return tl::unexpected(version.error());
    if (*version != format)
        return fail("store.format", database.path(),
                    fmt::format("the log has format {}, this program reads format {}", *version, format));
    return {};
}

Result<void> prepare_for_writing(const Database& database) {
    if (auto set = database.run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"); !set)
        return set;
    const auto tables = database.number("SELECT count(*) FROM sqlite_schema");
    if (!tables)
        return tl::unexpected(tables.error());
    if (*tables > 0)
        return require_ours(database);
    return database.run(fmt::format("BEGIN IMMEDIATE; {} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT;",
                                    schema, application_id, format));
}

} // namespace

Result<std::unique_ptr<SqliteEventStore>> SqliteEventStore::open(const std::string& path) {
    const auto lock = lock_file(path);
    if (!lock)
        return tl::unexpected(lock.error());
    auto database = Database::open(path, Database::Mode::write);
    if (!database) {
        ::close(*lock);
        return tl::unexpected(database.error());
    }
    std::unique_ptr<SqliteEventStore> store(new SqliteEventStore(std::move(*database), *lock));
    if (auto ready = prepare_for_writing(store->database_); !ready)
        return tl::unexpected(ready.error());
    if (auto loaded = store->load_end(); !loaded)
        return tl::unexpected(loaded.error());
    return store;
}

Result<std::unique_ptr<SqliteEventStore>> SqliteEventStore::open_for_reading(const std::string& path, bool frozen) {
    auto database = Database::open(path, frozen ? Database::Mode::frozen : Database::Mode::read);
    if (!database)
        return tl::unexpected(database.error());
    std::unique_ptr<SqliteEventStore> store(new SqliteEventStore(std::move(*database), -1));
    if (auto ours = require_ours(store->database_); !ours)
        return tl::unexpected(ours.error());
    if (auto loaded = store->load_end(); !loaded)
        return tl::unexpected(loaded.error());
    return store;
}

SqliteEventStore::~SqliteEventStore() {
    if (lock_ >= 0)
        ::close(lock_);
}

Result<void> SqliteEventStore::load_end() {
    auto last = Statement::prepare(database_, "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1");
    if (!last)
        return tl::unexpected(last.error());
    const auto row = last->step();
    if (!row)
        return tl::unexpected(row.error());
    if (!*row)
        return {};
    last_seq_ = static_cast<std::uint64_t>(last->integer(0));
    head_ = last->text(1);
    return verify_from(last_seq_ > links_checked_at_opening ? last_seq_ - links_checked_at_opening : 1);
}

Result<std::uint64_t> SqliteEventStore::append(std::vector<Event>& events) {
    if (lock_ < 0)
        return fail("store.read-only", database_.path(), "the log was opened for reading");
    const auto first = last_seq_ + 1;
    auto seq = first;
    for (auto& event : events)
        event.seq = seq++;
    if (auto begun = database_.run("BEGIN IMMEDIATE"); !begun)
        return tl::unexpected(begun.error());
    auto head = head_;
    auto written = insert(events, head);
    if (written)
        written = database_.run("COMMIT");
    if (!written) {
        // Some failures have rolled back already; the words of the first failure are the ones that matter.
        (void)database_.run("ROLLBACK");
        return tl::unexpected(written.error());
    }
    last_seq_ = seq - 1;
    head_ = head;
    return first;
}

Result<void> SqliteEventStore::insert(const std::vector<Event>& events, std::string& head) const {
    auto statement = Statement::prepare(database_, "INSERT INTO event(seq, line, hash) VALUES(?, ?, ?)");
    if (!statement)
        return tl::unexpected(statement.error());
    for (const auto& event : events) {
        const auto line = encode(event);
        head = sha256_hex(head + line);
        statement->bind(1, static_cast<std::int64_t>(event.seq));
        statement->bind(2, line);
        statement->bind(3, head);
        if (const auto done = statement->step(); !done)
            return tl::unexpected(done.error());
        statement->reset();
    }
    return {};
}

Result<void> SqliteEventStore::read(std::uint64_t from, const std::function<bool(const Event&)>& each) const {
    auto rows = Statement::prepare(database_, "SELECT seq, line FROM event WHERE seq >= ? ORDER BY seq");
    if (!rows)
        return tl::unexpected(rows.error());
    rows->bind(1, static_cast<std::int64_t>(from));
    for (;;) {
        const auto row = rows->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            return {};
        const auto event = decode_event(rows->text(1));
        if (!event || event->seq != static_cast<std::uint64_t>(rows->integer(0)))
            return fail("store.damaged", database_.path(),
                        fmt::format("event {} cannot be read: {}", rows->integer(0),
                                    event ? "its number is another" : event.error().message));
        if (!each(*event))
            return {};
    }
}

Result<void> SqliteEventStore::verify() const {
    return verify_from(1);
}

Result<void> SqliteEventStore::verify_from(std::uint64_t seq) const {
    auto rows = Statement::prepare(database_, "SELECT seq, line, hash FROM event WHERE seq >= ? ORDER BY seq");
    if (!rows)
        return tl::unexpected(rows.error());
    // One row more, for the hash that the first one builds upon.
    auto next = seq <= 1 ? 1 : seq - 1;
    rows->bind(1, static_cast<std::int64_t>(next));
    std::string head(chain_start);
    const auto broken = [&](std::uint64_t at, const char* how) {
        return fail("store.broken-chain", database_.path(), fmt::format("event {} {}", at, how));
    };
    for (;; ++next) {
        const auto row = rows->step();
        if (!row)
            return tl::unexpected(row.error());
        if (!*row)
            break;
        if (static_cast<std::uint64_t>(rows->integer(0)) != next)
            return broken(next, "is missing");
        const bool is_base = next < seq;
        if (!is_base && sha256_hex(head + rows->text(1)) != rows->text(2))
            return broken(next, "is not as it was written");
        head = rows->text(2);
    }
    return next == last_seq_ + 1 ? Result<void>{} : broken(next, "is missing");
}

} // namespace testudo::store
