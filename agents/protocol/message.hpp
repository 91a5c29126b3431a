#pragma once
#include <optional>
#include <string>

#include "orchestrator/core/json.hpp"

namespace testudo::agents {

struct Request {
    std::string id;
    std::string op;
    json::object body; // without id and op
};

// A refusal or failure as the agent tells it. `result` is the first run's in a "refused.repeated".
struct Refusal {
    std::string code;
    std::string message;
    json::object result;
};

using Reply = tl::expected<json::object, Refusal>;

json::object to_json(const Request& request);
// Empty if it is not a request.
std::optional<Request> request_from_json(const json::object& body);

json::object reply_to_json(const std::string& id, const Reply& reply);
struct Answer {
    std::string to;
    Reply reply;
};
std::optional<Answer> answer_from_json(const json::object& body);

} // namespace testudo::agents
