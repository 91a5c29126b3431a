#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/json.hpp"

namespace testudo::web {

// The bytes of one message to clients: made once, shared by all who are sent it, never changed.
using Frame = std::shared_ptr<const std::string>;

// Which state of a view a client has. The epoch is different after each start of the controller.
struct Position {
    std::string epoch;
    std::uint64_t seq = 0;
    bool operator==(const Position&) const = default;
};

// A new state of one audience's view. `patch` turns the state at `from` into this one; with `from` 0 there is none.
struct Publication {
    Position at;
    std::uint64_t from = 0;
    std::shared_ptr<const json::object> view; // shared, so nobody may change it any more
    json::object patch;
    std::chrono::steady_clock::time_point event_at; // when the event happened that this shows, to measure the delay
};

// The newest view of one audience and the deltas that led to it. There are no queues per client: each has a position in
// this common past, and asks what to send next whenever its socket has taken the last frame. A client that is far
// behind is given the newest snapshot instead of many deltas, so the memory for a slow one is one frame.
class Channel {
  public:
    struct Next {
        Frame frame;
        Position at; // where the client is once it has the frame
        bool snapshot = false;
        std::chrono::steady_clock::time_point event_at;
    };

    void publish(Publication publication);
    // What to send to a client at this position; nothing if it is up to date, or if nothing was published yet.
    std::optional<Next> next(const Position& at);
    // How many deltas the client has not been sent; 0 also if it needs a snapshot.
    std::size_t behind(const Position& at) const;

  private:
    struct Delta {
        std::uint64_t from = 0, seq = 0;
        Frame frame;
        std::chrono::steady_clock::time_point event_at;
    };
    std::size_t first_after(const Position& at) const;

    mutable std::mutex mutex_;
    Position latest_;
    std::shared_ptr<const json::object> view_; // null before the first publication
    std::chrono::steady_clock::time_point event_at_;
    std::deque<Delta> deltas_; // each begins where the one before ends, the last ends at latest_
    std::size_t delta_bytes_ = 0;
    Frame snapshot_; // of snapshot_at_; made when first needed
    Position snapshot_at_;
};

// Where the domain publishes views and the server finds them. May be used from any thread.
class Hub {
  public:
    // `audience` as audience_of() in caller.hpp names it.
    void publish(const std::string& audience, Publication publication);

    // The channel of an audience; it lives as long as the hub.
    Channel& channel(const std::string& audience);
    // The channels that were published to since the last call.
    std::vector<Channel*> take_changed();
    // `wake` is called on the publisher's thread when there is something to take; an empty one ends that, and no call
    // of the old one is under way any more when this returns.
    void on_change(std::function<void()> wake);

  private:
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<Channel>> channels_;
    std::set<Channel*> changed_;
    std::function<void()> wake_;
};

} // namespace testudo::web
