#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "web/server/caller.hpp"

namespace testudo::web {

// One call of the API, complete and signed in.
struct ApiRequest {
    std::string method; // HEAD arrives as GET
    std::string path;   // as sent, not yet percent-decoded: "/api/v1/injects/defaced/fire"
    std::string query;  // without the question mark
    std::string body;
    Caller caller;
    std::string idempotency_key; // may be empty
    std::string remote;          // the client's address, for the log
};

struct ApiResponse {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    // When set, the answer is this file, sent as an attachment of the given name, and `body` is not looked at.
    std::optional<std::filesystem::path> file;
    std::string file_name;
    std::vector<std::pair<std::string, std::string>> headers; // more of them, such as Allow
};

// Port: what the server serves. The server calls it from its own thread.
class Backend {
  public:
    virtual ~Backend() = default;
    // Who the token belongs to. Called before a byte of the body is read, so it must be quick and may not block. An
    // empty token is a caller without one; nothing means refused.
    virtual std::optional<Caller> authenticate(std::string_view token) = 0;
    // Answers once, from any thread, at any time: also when the server is long gone.
    virtual void call(ApiRequest request, std::function<void(ApiResponse)> answer) = 0;
};

} // namespace testudo::web
