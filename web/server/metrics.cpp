#include "web/server/metrics.hpp"

#include <array>
#include <fmt/format.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace testudo::web {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;

const prometheus::Histogram::BucketBoundaries delay_buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                            0.1,    0.25,  0.5,    1,     2.5,  5,     10};

} // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests = BuildCounter()
                                                            .Name("testudo_http_requests_total")
                                                            .Help("HTTP answers by class of their status")
                                                            .Register(registry);
    std::array<prometheus::Counter*, 5> requests_by_class{};
    prometheus::Counter& sign_ins_failed = BuildCounter()
                                               .Name("testudo_sign_in_failures_total")
                                               .Help("Requests and subscriptions with a token that nobody holds")
                                               .Register(registry)
                                               .Add({});
    prometheus::Gauge& connections = BuildGauge()
                                         .Name("testudo_http_connections")
                                         .Help("Open connections, live ones included")
                                         .Register(registry)
                                         .Add({});
    prometheus::Gauge& live_clients =
        BuildGauge().Name("testudo_live_clients").Help("Subscribed WebSocket clients").Register(registry).Add({});
    prometheus::Gauge& behind = BuildGauge()
                                    .Name("testudo_live_clients_behind")
                                    .Help("Subscribed clients that wait for frames they have not been sent")
                                    .Register(registry)
                                    .Add({});
    prometheus::Gauge& deepest = BuildGauge()
                                     .Name("testudo_live_queue_depth_max")
                                     .Help("Deltas that the client farthest behind has not been sent")
                                     .Register(registry)
                                     .Add({});
    prometheus::Family<prometheus::Counter>& frames =
        BuildCounter().Name("testudo_live_frames_total").Help("Frames sent to live clients").Register(registry);
    std::array<prometheus::Counter*, 3> frames_by_kind{
        &frames.Add({{"kind", "snapshot"}}), &frames.Add({{"kind", "delta"}}), &frames.Add({{"kind", "heartbeat"}})};
    prometheus::Counter& bytes = BuildCounter()
                                     .Name("testudo_live_bytes_total")
                                     .Help("Bytes of the frames sent to live clients")
                                     .Register(registry)
                                     .Add({});
    prometheus::Histogram& delay =
        BuildHistogram()
            .Name("testudo_live_frame_delay_seconds")
            .Help("From an event to the client's socket having taken the frame that shows it")
            .Register(registry)
            .Add({}, delay_buckets);
    prometheus::Counter& slow = BuildCounter()
                                    .Name("testudo_live_slow_closes_total")
                                    .Help("Live clients closed because they stayed slow")
                                    .Register(registry)
                                    .Add({});
    prometheus::Gauge& events = BuildGauge()
                                    .Name("testudo_events_appended")
                                    .Help("Sequence number of the last event of the log")
                                    .Register(registry)
                                    .Add({});
    prometheus::Gauge& agents =
        BuildGauge().Name("testudo_agents_connected").Help("Agents that are connected").Register(registry).Add({});
    prometheus::Family<prometheus::Gauge>& scores =
        BuildGauge().Name("testudo_team_score").Help("Points of a team").Register(registry);

    Families() {
        for (std::size_t i = 0; i < requests_by_class.size(); ++i)
            requests_by_class[i] = &requests.Add({{"class", fmt::format("{}xx", i + 1)}});
    }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}

Metrics::~Metrics() = default;

void Metrics::answered(int status) {
    families_->requests_by_class.at(static_cast<std::size_t>(status / 100 - 1))->Increment();
}

void Metrics::sign_in_failed() {
    families_->sign_ins_failed.Increment();
}

void Metrics::connections(std::size_t open) {
    families_->connections.Set(static_cast<double>(open));
}

void Metrics::live_clients(std::size_t subscribed) {
    families_->live_clients.Set(static_cast<double>(subscribed));
}

void Metrics::backlog(std::size_t clients_behind, std::size_t deepest) {
    families_->behind.Set(static_cast<double>(clients_behind));
    families_->deepest.Set(static_cast<double>(deepest));
}

void Metrics::frame_sent(FrameKind kind, std::size_t bytes) {
    families_->frames_by_kind.at(static_cast<std::size_t>(kind))->Increment();
    families_->bytes.Increment(static_cast<double>(bytes));
}

void Metrics::frame_delay(std::chrono::steady_clock::duration delay) {
    families_->delay.Observe(std::chrono::duration<double>(delay).count());
}

void Metrics::closed_as_slow() {
    families_->slow.Increment();
}

void Metrics::domain(const DomainGauges& gauges) {
    families_->events.Set(static_cast<double>(gauges.events_appended));
    families_->agents.Set(static_cast<double>(gauges.agents_connected));
    for (const auto& [team, milli] : gauges.team_score_milli)
        families_->scores.Add({{"team", team}}).Set(static_cast<double>(milli) / 1000);
}

std::string Metrics::text() const {
    return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

} // namespace testudo::web
