#pragma once
#include <memory>
#include <string>

#include "orchestrator/core/event.hpp"
#include "orchestrator/store/database.hpp"

namespace testudo::store {

// An exercise's log in one SQLite file: table `event` of (seq, line, hash), where `line` is encode(event) and `hash`
// its place in the chain. Triggers refuse to change or remove a row and to leave a gap. Every append is on the disk
// before it returns (WAL, synchronous FULL).
class SqliteEventStore final : public EventStore {
  public:
    // Opens for writing, makes the file if there is none, and keeps other writers out (PATH.lock, freed when the
    // process ends). Looks at the last links of the chain only; verify() looks at all of them.
    static Result<std::unique_ptr<SqliteEventStore>> open(const std::string& path);
    // Appending is refused; last_seq() and head() are as of the opening. `frozen`: the file is an archive that nobody
    // writes.
    static Result<std::unique_ptr<SqliteEventStore>> open_for_reading(const std::string& path, bool frozen = false);

    ~SqliteEventStore() override;
    SqliteEventStore(const SqliteEventStore&) = delete;
    SqliteEventStore& operator=(const SqliteEventStore&) = delete;

    Result<std::uint64_t> append(std::vector<Event>& events) override;
    Result<void> read(std::uint64_t from, const std::function<bool(const Event&)>& each) const override;
    std::uint64_t last_seq() const override { return last_seq_; }
    std::string head() const override { return head_; }

    // Computes the whole chain anew. The error "store.broken-chain" names the first event that is not as it was
    // written.
    Result<void> verify() const;

    const Database& database() const { return database_; }

  private:
    SqliteEventStore(Database database, int lock) : database_(std::move(database)), lock_(lock) {}
    Result<void> load_end();
    Result<void> verify_from(std::uint64_t seq) const;
    Result<void> insert(const std::vector<Event>& events, std::string& head) const;

    Database database_;
    int lock_; // file descriptor, -1 when reading
    std::uint64_t last_seq_ = 0;
    std::string head_{chain_start};
};

} // namespace testudo::store
