#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "agents/probes/reach.hpp"
#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/json.hpp"

namespace testudo::agents {

struct ProbeRequest {
    std::string type; // "icmp", "tcp", "http", "dns", "ssh", "smtp", "postgresql", "modbus"
    Address address;
    std::uint16_t port = 0;
    json::object params; // docs/agent-protocol.md
    Millis timeout{3'000};
};

enum class ProbeOutcome {
    pass,
    slow,  // passed, but took longer than params.slow_ms
    fail,  // did not answer, or refused to serve
    wrong, // answered something else than was asked for
    error, // a fault of the vantage itself; never the target's
};

struct ProbeResult {
    ProbeOutcome outcome = ProbeOutcome::error;
    std::string reason; // empty on a pass
    std::int64_t connect_us = 0;
    std::int64_t total_us = 0;
};

std::string_view to_text(ProbeOutcome outcome);
json::object to_json(const ProbeResult& result);
// From the body of a `probe` request; says which member is missing. The guard (Reach) is the caller's.
Result<ProbeRequest> probe_request_from_json(const json::object& body);

// Runs one probe among many on the reactor; `done` is called once, from the reactor, at the latest a little after the
// timeout. Fails at once with "refused.params" or "refused.unknown" if the probe makes no sense.
Result<void> start_probe(boost::asio::io_context& io, ProbeRequest request, std::function<void(ProbeResult)> done);

} // namespace testudo::agents
