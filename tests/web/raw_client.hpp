#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace testudo::web {

// A TCP connection to the server under test that sends exactly the bytes it is told to, however wrong they are.
class RawClient {
  public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    // False if the server has closed the connection.
    bool send(std::string_view bytes);
    // Reads one answer: its header and as much of a body as Content-Length says. Empty if the server closed instead.
    std::string receive(bool head_only = false);
    // Whether the server closes within the time; what it sends until then is thrown away.
    bool closed_within(std::chrono::milliseconds time);

  private:
    int fd_;
    std::string buffer_;
};

// One request on a connection of its own.
std::string ask(std::uint16_t port, std::string_view request);
// Builds one: the Host, the token if there is one, and Content-Length are added.
std::string request_text(std::string_view method, std::string_view path, std::string_view token = "",
                         std::string_view body = "", std::string_view more_fields = "");

int status_of(std::string_view answer); // 0 if it is none
std::string body_of(std::string_view answer);
// Of a header field, by its name as we write it; empty if absent.
std::string field_of(std::string_view answer, std::string_view name);

} // namespace testudo::web
