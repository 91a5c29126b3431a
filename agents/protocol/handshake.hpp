#pragma once
#include <optional>
#include <string>

#include "agents/protocol/sealed_link.hpp"

// The two sides of the handshake, as pure state machines: frames in, lines out, no clock and no input or output.
//
//   controller                          agent
//   hello(NC)            ───────────►   answers hello(NA, proof)
//   checks the proof
//   welcome(proof)       ───────────►   checks the proof: link made
//   link made            ◄───────────   welcome, sealed
namespace testudo::agents {

struct AgentIdentity {
    std::string machine;
    std::string version;
    std::string boot; // random, made when the agent starts
};

class ControllerHandshake {
  public:
    ControllerHandshake(std::string secret, std::string machine, std::string nonce);

    // The line that opens the handshake. It may be sent again: an agent that is still booting loses the first ones.
    std::string hello() const;
    // The line to answer with, or "" if there is none.
    std::string receive(const Frame& frame);
    // True once the agent has shown that it holds the key as well.
    bool done() const { return done_; }
    const AgentIdentity& agent() const { return agent_; }
    // Only once done().
    SealedLink& link() { return *link_; }

  private:
    std::string secret_;
    std::string machine_;
    std::string nonce_;
    AgentIdentity agent_;
    std::optional<SealedLink> link_;
    bool done_ = false;
};

class AgentHandshake {
  public:
    AgentHandshake(std::string secret, AgentIdentity identity);

    // The line to answer an unsealed frame with, or "" if there is none. `nonce` is used if it starts a new handshake.
    std::string receive(const Frame& frame, const std::string& nonce);
    // The link of a handshake that has just been completed; empty otherwise, and after it was taken.
    std::optional<SealedLink> take_link();

  private:
    std::string secret_;
    AgentIdentity identity_;
    std::string controller_nonce_; // of the handshake under way; "" if none
    std::string agent_nonce_;
    std::optional<SealedLink> link_;
};

} // namespace testudo::agents
