#include "orchestrator/exercise/replay.hpp"

#include <algorithm>

namespace testudo::exercise {

Result<Replay> Replay::open(const EventStore& store) {
    std::vector<Event> events;
    if (auto read = store.read(1, [&](const Event& e) { return events.push_back(e), true; }); !read)
        return tl::unexpected(read.error());
    if (events.empty())
        return fail("log.empty", "", "the log holds no events");
    auto first = Projection::from(events.front());
    if (!first)
        return tl::unexpected(first.error());
    Replay replay(std::move(*first));
    replay.events_.push_back(events.front());
    for (auto it = events.begin() + 1; it != events.end(); ++it)
        replay.append(*it);
    return replay;
}

void Replay::append(const Event& event) {
    now_.apply(event);
    events_.push_back(event);
    if (events_.size() % snapshot_every == 0)
        snapshots_.push_back(now_);
}

Projection Replay::at(ExerciseTime time) const {
    const auto after = std::upper_bound(events_.begin(), events_.end(), time.count(),
                                        [](std::int64_t t, const Event& e) { return t < e.exercise_ms; });
    return at_seq(static_cast<std::uint64_t>(after - events_.begin()));
}

Projection Replay::at_seq(std::uint64_t seq) const {
    const auto count = std::clamp<std::size_t>(seq, 1, events_.size());
    if (count == events_.size())
        return now_;
    const auto snapshot = count / snapshot_every;
    auto projection = snapshot > 0 ? snapshots_[snapshot - 1] : *Projection::from(events_.front());
    for (auto i = std::max<std::size_t>(1, snapshot * snapshot_every); i < count; ++i)
        projection.apply(events_[i]);
    return projection;
}

} // namespace testudo::exercise
