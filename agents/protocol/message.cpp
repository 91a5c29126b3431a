#include "agents/protocol/message.hpp"

namespace testudo::agents {

json::object to_json(const Request& request) {
    json::object out;
    out["id"] = request.id;
    out["op"] = request.op;
    for (const auto& member : request.body)
        out[member.key()] = member.value();
    return out;
}

std::optional<Request> request_from_json(const json::object& body) {
    Request request{text_or(body, "id"), text_or(body, "op"), body};
    if (request.id.empty() || request.op.empty())
        return std::nullopt;
    request.body.erase("id");
    request.body.erase("op");
    request.body.erase("n");
    return request;
}

json::object reply_to_json(const std::string& id, const Reply& reply) {
    json::object out;
    out["re"] = id;
    out["ok"] = reply.has_value();
    if (reply) {
        out["result"] = *reply;
        return out;
    }
    auto& error = out["error"].emplace_object();
    error["code"] = reply.error().code;
    error["message"] = reply.error().message;
    if (!reply.error().result.empty())
        error["result"] = reply.error().result;
    return out;
}

std::optional<Answer> answer_from_json(const json::object& body) {
    auto to = text_or(body, "re");
    if (to.empty())
        return std::nullopt;
    if (bool_or(body, "ok"))
        return Answer{std::move(to), object_or_empty(body, "result")};
    const auto& error = object_or_empty(body, "error");
    Refusal refusal{text_or(error, "code", "failed"), text_or(error, "message"), object_or_empty(error, "result")};
    return Answer{std::move(to), tl::unexpected(std::move(refusal))};
}

} // namespace testudo::agents
