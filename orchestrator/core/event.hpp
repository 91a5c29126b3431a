#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"

namespace testudo {

// One line of an exercise's log. The kinds and their bodies are listed in docs/events.md.
struct Event {
    std::uint64_t seq = 0;         // 1, 2, 3 ... without gaps
    std::int64_t wall_ms = 0;      // UTC, milliseconds since 1970
    std::int64_t exercise_ms = -1; // milliseconds since STARTEX; -1 before it
    std::string kind;              // "inject.fired"
    std::string scope;             // a team's id, or "" for what concerns all
    std::string label;             // confidentiality label, as text; "" means the exercise's
    json::object body;

    bool operator==(const Event&) const = default;
};

// What is hashed, archived and sent: one line of JSON with the members in the order of the struct.
std::string encode(const Event& event);
Result<Event> decode_event(std::string_view line);

// The chain: hash(n) = SHA-256(hash(n-1) as hex || encode(n)), hash(0) = 64 zeros.
std::string chain(std::string_view previous_hash_hex, const Event& event);
inline constexpr std::string_view chain_start = "0000000000000000000000000000000000000000000000000000000000000000";

// Port: an append-only log with one writer. Adapters: orchestrator/store (SQLite) and MemoryEventStore.
class EventStore {
  public:
    virtual ~EventStore() = default;
    // Sets the events' seq, writes them in one durable step (all or none), returns the first seq given.
    virtual Result<std::uint64_t> append(std::vector<Event>& events) = 0;
    // Calls `each` for all events with seq >= from, in order; stops when it returns false.
    virtual Result<void> read(std::uint64_t from, const std::function<bool(const Event&)>& each) const = 0;
    virtual std::uint64_t last_seq() const = 0;
    // Hash of the chain up to last_seq().
    virtual std::string head() const = 0;
};

class MemoryEventStore final : public EventStore {
  public:
    Result<std::uint64_t> append(std::vector<Event>& events) override;
    Result<void> read(std::uint64_t from, const std::function<bool(const Event&)>& each) const override;
    std::uint64_t last_seq() const override { return events_.size(); }
    std::string head() const override { return head_; }

  private:
    std::vector<Event> events_;
    std::string head_{chain_start};
};

} // namespace testudo
