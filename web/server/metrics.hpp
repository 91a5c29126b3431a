#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace testudo::web {

// What the domain says of itself. It is handed over whole, so that no scrape ever waits for the domain's thread.
struct DomainGauges {
    std::uint64_t events_appended = 0;
    std::uint64_t agents_connected = 0;
    std::map<std::string, std::int64_t> team_score_milli; // by team id: the only label that grows with the exercise
};

enum class FrameKind { snapshot, delta, heartbeat };

// What the server counts, for Prometheus. May be used from any thread.
class Metrics {
  public:
    Metrics();
    ~Metrics();

    void answered(int status);
    void sign_in_failed();
    void connections(std::size_t open);
    void live_clients(std::size_t subscribed);
    // Of all live clients: how many wait for something, and how many deltas the one farthest behind waits for.
    void backlog(std::size_t clients_behind, std::size_t deepest);
    void frame_sent(FrameKind kind, std::size_t bytes);
    // From the event to the moment at which the client's socket had taken the frame that shows it.
    void frame_delay(std::chrono::steady_clock::duration delay);
    void closed_as_slow();
    void domain(const DomainGauges& gauges);

    // The text format of Prometheus.
    std::string text() const;

  private:
    struct Families;
    std::unique_ptr<Families> families_;
};

} // namespace testudo::web
