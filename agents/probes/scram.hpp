#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace testudo::agents {

// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding, as PostgreSQL uses it.
class ScramClient {
  public:
    ScramClient(std::string password, std::string nonce) : password_(std::move(password)), nonce_(std::move(nonce)) {}

    std::string first() const;
    // The answer to the server's first message; empty if that makes no sense.
    std::optional<std::string> last(std::string_view server_first);

  private:
    std::string password_;
    std::string nonce_;
};

} // namespace testudo::agents
