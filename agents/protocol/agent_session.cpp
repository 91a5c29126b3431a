#include "agents/protocol/agent_session.hpp"

#include "orchestrator/core/digest.hpp"

namespace testudo::agents {

AgentSession::AgentSession(std::string secret, AgentIdentity identity, Handlers handlers)
    : handlers_(std::move(handlers)), handshake_(std::move(secret), std::move(identity)),
      reader_([this](const Frame& frame) { take(frame); }) {}

void AgentSession::take(const Frame& frame) {
    if (frame.mac == no_mac) {
        if (handlers_.on_hello && text_or(frame.body, "op") == "hello")
            handlers_.on_hello();
        auto line = handshake_.receive(frame, random_hex(16));
        if (auto link = handshake_.take_link()) {
            link_ = std::move(link);
            ++session_;
        }
        if (!line.empty())
            handlers_.write(std::move(line));
        return;
    }
    if (!link_) // an earlier agent's session: its controller should not have to find out by waiting
        return handlers_.write("\n" + encode_frame(no_mac, R"({"op":"no-session"})"));
    const auto body = link_->open(frame);
    if (!body)
        return;
    if (auto request = request_from_json(*body))
        handlers_.on_request(std::move(*request), session_);
}

void AgentSession::become(std::string secret, AgentIdentity identity) {
    handshake_ = AgentHandshake(std::move(secret), std::move(identity));
    link_.reset();
    ++session_;
}

void AgentSession::reply(std::uint64_t session, const std::string& id, const Reply& reply) {
    if (link_ && session == session_)
        handlers_.write(link_->seal(reply_to_json(id, reply)));
}

} // namespace testudo::agents
