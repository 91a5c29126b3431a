#pragma once
#include <string>
#include <vector>

#include "orchestrator/exercise/projection.hpp"

namespace testudo::exercise {

// A log that can be looked at as it was at any moment. Serves archives, and the past of a live exercise.
class Replay {
  public:
    // Reads the whole log.
    static Result<Replay> open(const EventStore& store);

    // One more event of a live exercise.
    void append(const Event& event);

    const std::vector<Event>& events() const { return events_; }
    // As of the last event.
    const Projection& now() const { return now_; }
    // With all events up to this exercise time; everything before STARTEX belongs to 0.
    Projection at(ExerciseTime time) const;
    // With all events up to this one.
    Projection at_seq(std::uint64_t seq) const;

  private:
    explicit Replay(Projection first) : now_(std::move(first)) {}

    static constexpr std::size_t snapshot_every = 500; // events; bounds what a jump has to fold
    std::vector<Event> events_;
    std::vector<Projection> snapshots_; // [k]: after (k+1) * snapshot_every events
    Projection now_;
};

} // namespace testudo::exercise
