#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "agents/protocol/handshake.hpp"
#include "agents/protocol/message.hpp"

namespace testudo::agents {

// The agent's side of its channel: bytes in, requests out; replies in, bytes out. Pure; used by the agent itself and by
// simulated guests. A session lives until the next handshake is complete: an unproven hello cannot end it.
class AgentSession {
  public:
    struct Handlers {
        std::function<void(std::string)> write;
        // Answer with reply(), now or later, in any order.
        std::function<void(Request, std::uint64_t session)> on_request;
        // May be empty. Called before a hello is answered: the moment for become().
        std::function<void()> on_hello = {};
    };

    AgentSession(std::string secret, AgentIdentity identity, Handlers handlers);

    void receive(std::string_view bytes) { reader_.receive(bytes); }
    // `session` is the one that came with the request; an answer to an older session is dropped.
    void reply(std::uint64_t session, const std::string& id, const Reply& reply);
    // From here on the agent is another one; what was agreed before is void.
    void become(std::string secret, AgentIdentity identity);

  private:
    void take(const Frame& frame);

    Handlers handlers_;
    AgentHandshake handshake_;
    FrameReader reader_;
    std::optional<SealedLink> link_;
    std::uint64_t session_ = 0;
};

} // namespace testudo::agents
