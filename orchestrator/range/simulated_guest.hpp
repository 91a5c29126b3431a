#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "agents/protocol/agent_session.hpp"
#include "agents/protocol/guest_channel.hpp"
#include "agents/protocol/personalise_spec.hpp"
#include "orchestrator/core/loop.hpp"

namespace testudo::range {

class SimulatedHost;

// The inside of a simulated machine: an agent that speaks the real protocol, with a few facts about services, files and
// registers behind it. Enough for an exercise to be played: services stop and start, pages are defaced and repaired,
// probes of one guest see the state of another.
class SimulatedGuest {
  public:
    SimulatedGuest(Loop& loop, SimulatedHost& host, std::string machine, const std::string& secret, Millis boot);

    // What a saved machine is made of: everything that a team or an intruder can change.
    struct Memory {
        std::map<std::string, bool> services;
        std::map<std::string, std::string> files;
        std::map<int, int> registers;
        std::set<std::string> addresses;
        std::string spec_hash;
        std::map<std::string, json::object> acts;
    };
    Memory memory() const { return {services, files, registers, addresses, spec_hash_, acts_}; }
    void recall(const Memory& memory);

    // The newest channel is the one that the agent reads; an older one is closed.
    void attach(std::unique_ptr<agents::GuestChannel> channel);

    // The world, to be looked at and changed by tests as a team or an intruder would.
    std::map<std::string, bool> services;     // unit -> running
    std::map<std::string, std::string> files; // path -> content
    std::map<int, int> registers;
    std::set<std::string> addresses; // without prefix length
    bool silent = false;             // the agent hangs: it reads and never answers
    std::optional<Error> refuse_personalise;
    int personalised = 0; // how often a spec was put in place

  private:
    void take(agents::Request request, std::uint64_t session);
    agents::Reply answer(const agents::Request& request);
    agents::Reply status() const;
    agents::Reply personalise(const json::object& body, const std::string& kept);
    agents::Reply act(const json::object& body);
    agents::Reply inspect(const json::object& body) const;
    agents::Reply probe(const json::object& body) const;
    agents::Reply keep();
    agents::Reply fetch() const;
    agents::Reply give(const json::object& body);

    Loop& loop_;
    SimulatedHost& host_;
    std::string machine_;
    SteadyTime up_at_;
    std::string spec_hash_;
    std::map<std::string, json::object> acts_;
    std::string kept_;
    std::string given_;
    std::unique_ptr<agents::GuestChannel> channel_;
    agents::AgentSession agent_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::range
