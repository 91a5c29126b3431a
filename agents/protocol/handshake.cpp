#include "agents/protocol/handshake.hpp"

#include <algorithm>

#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {

constexpr std::size_t nonce_digits = 32;

bool is_nonce(std::string_view text) {
    return text.size() == nonce_digits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::string proof(std::string_view secret, std::string_view who, std::string_view nc, std::string_view na,
                  std::string_view machine) {
    std::string message(who);
    message.append("|").append(nc).append("|").append(na).append("|").append(machine);
    return hmac_sha256_hex(secret, message);
}

std::string session_key(std::string_view secret, std::string_view nc, std::string_view na) {
    std::string message("session|");
    message.append(nc).append("|").append(na);
    return hmac_sha256_hex(secret, message);
}

// A line feed first, so that a prompt or half a log line before the frame does not spoil it.
std::string unsealed(const json::object& body) {
    return "\n" + encode_frame(no_mac, json::serialize(body));
}

} // namespace

ControllerHandshake::ControllerHandshake(std::string secret, std::string machine, std::string nonce)
    : secret_(std::move(secret)), machine_(std::move(machine)), nonce_(std::move(nonce)) {}

std::string ControllerHandshake::hello() const {
    return unsealed({{"op", "hello"}, {"nonce", nonce_}});
}

std::string ControllerHandshake::receive(const Frame& frame) {
    if (done_)
        return "";
    if (frame.mac != no_mac) {
        if (link_) {
            const auto body = link_->open(frame);
            done_ = body && text_or(*body, "op") == "welcome";
        }
        return "";
    }
    // An echo of our own hello has no proof and is dropped here as well.
    const auto na = text_or(frame.body, "nonce");
    if (text_or(frame.body, "op") != "hello" || !is_nonce(na) || text_or(frame.body, "machine") != machine_ ||
        !equal_constant_time(text_or(frame.body, "proof"), proof(secret_, "agent", nonce_, na, machine_)))
        return "";
    agent_ = {machine_, text_or(frame.body, "version"), text_or(frame.body, "boot")};
    link_.emplace(session_key(secret_, nonce_, na), Side::controller);
    return unsealed({{"op", "welcome"}, {"proof", proof(secret_, "controller", nonce_, na, machine_)}});
}

AgentHandshake::AgentHandshake(std::string secret, AgentIdentity identity)
    : secret_(std::move(secret)), identity_(std::move(identity)) {}

std::string AgentHandshake::receive(const Frame& frame, const std::string& nonce) {
    const auto op = text_or(frame.body, "op");
    if (op == "hello") {
        const auto nc = text_or(frame.body, "nonce");
        if (!is_nonce(nc) || frame.body.contains("proof"))
            return "";
        // A hello that is sent again gets the same answer, whichever of the two the controller goes on with.
        if (nc != controller_nonce_) {
            controller_nonce_ = nc;
            agent_nonce_ = nonce;
        }
        return unsealed({{"op", "hello"},
                         {"nonce", agent_nonce_},
                         {"machine", identity_.machine},
                         {"version", identity_.version},
                         {"boot", identity_.boot},
                         {"proof", proof(secret_, "agent", nc, agent_nonce_, identity_.machine)}});
    }
    if (op != "welcome" || controller_nonce_.empty() ||
        !equal_constant_time(text_or(frame.body, "proof"),
                             proof(secret_, "controller", controller_nonce_, agent_nonce_, identity_.machine)))
        return "";
    link_.emplace(session_key(secret_, controller_nonce_, agent_nonce_), Side::agent);
    // Used up: the same welcome must not make a second link with the counters at zero.
    controller_nonce_.clear();
    return link_->seal({{"op", "welcome"}});
}

std::optional<SealedLink> AgentHandshake::take_link() {
    auto link = std::move(link_);
    link_.reset();
    return link;
}

} // namespace testudo::agents
