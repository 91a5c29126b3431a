#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/json.hpp"

namespace testudo::web {

// One WebSocket client of the live view, synchronous, as small as the tests need it. Beast stays out of the header.
class LiveTestClient {
  public:
    // Connects and does the handshake; `origin` is sent when not empty. `receive_buffer` bounds what the kernel holds
    // for a client that does not read.
    explicit LiveTestClient(std::uint16_t port, const std::string& origin = "", int receive_buffer = 0);
    ~LiveTestClient();
    LiveTestClient(LiveTestClient&&) noexcept;

    bool connected() const; // the handshake succeeded
    void send(const std::string& text);
    void subscribe(const std::string& token, const std::string& epoch = "", std::uint64_t seq = 0);

    // The next message; nothing if the server closed the connection, or if nothing came for that long (which also ends
    // the connection).
    std::optional<json::object> receive(std::chrono::milliseconds patience = std::chrono::seconds(10));
    // The next one that is not a heartbeat.
    std::optional<json::object> receive_document(std::chrono::milliseconds patience = std::chrono::seconds(10));
    // Reads until the server closes; its close code, 0 if the connection was cut without one.
    int close_code(std::chrono::milliseconds patience = std::chrono::seconds(10));
    // All text received so far, to search for what must not be there.
    const std::string& transcript() const;
    // The socket, for those who read it themselves.
    int native_handle() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace testudo::web
