#pragma once
#include <functional>
#include <string>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"

namespace testudo::exercise {

// Port: the agents of an exercise's machines, spoken to out of band (docs/agent-protocol.md). Adapters: range::Guests
// over libvirt streams, FakeGuests in tests. Both pass tests/contract/guests_contract.hpp. Everything happens on the
// loop's thread; no callback is ever made from inside a call.
class Guests {
  public:
    using Reply = std::function<void(Result<json::object>)>;
    // A machine's agent came within reach or was lost; the reason is a sentence, empty when connected.
    using Change = std::function<void(const std::string& machine, bool connected, const std::string& reason)>;

    virtual ~Guests() = default;

    // Sends one request to one machine's agent. The reply is called exactly once: with the request's `result`, or with
    // an error. The agent's own refusals keep their codes ("refused.target", "failed" ...). Ours are "agent.away"
    // (surely not sent), "agent.lost" and "agent.timeout" (sent; whether it was done is unknown). An act that was done
    // before succeeds with its first result.
    virtual void request(const std::string& machine, const std::string& op, json::object body, Millis timeout,
                         Reply reply) = 0;
    virtual bool connected(const std::string& machine) const = 0;
    // Replaces the observer; an empty function removes it.
    virtual void on_change(Change change) = 0;
};

} // namespace testudo::exercise
