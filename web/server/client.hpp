#pragma once
#include <cstdint>
#include <string>

#include "orchestrator/core/error.hpp"

namespace testudo::web {

struct ClientAnswer {
    int status = 0;
    std::string body;
};

// One request to a running controller, for the command line: blocks until the answer, at most 15 s. `address` is a
// literal.
Result<ClientAnswer> send_request(const std::string& address, std::uint16_t port, const std::string& method,
                                  const std::string& path, const std::string& token, const std::string& body);

} // namespace testudo::web
