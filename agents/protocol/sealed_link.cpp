#include "agents/protocol/sealed_link.hpp"

#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {

std::string mac_of(std::string_view key, Side sender, std::string_view text) {
    std::string message(sender == Side::controller ? "c|" : "a|");
    message += text;
    return hmac_sha256_hex(key, message).substr(0, 32);
}

} // namespace

std::string SealedLink::seal(const json::object& body) {
    json::object numbered;
    numbered.reserve(body.size() + 1);
    numbered["n"] = ++sent_;
    for (const auto& member : body)
        numbered[member.key()] = member.value();
    const auto text = json::serialize(numbered);
    return encode_frame(mac_of(key_, self_, text), text);
}

std::optional<json::object> SealedLink::open(const Frame& frame) {
    const auto other = self_ == Side::agent ? Side::controller : Side::agent;
    if (!equal_constant_time(frame.mac, mac_of(key_, other, frame.text)))
        return std::nullopt;
    const auto n = int_or(frame.body, "n");
    if (n <= received_)
        return std::nullopt;
    received_ = n;
    return frame.body;
}

} // namespace testudo::agents
