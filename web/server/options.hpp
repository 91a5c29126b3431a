#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace testudo::web {

// What one client, or all of them together, may use. The defaults are for an exercise of some hundred browsers.
struct Limits {
    std::size_t connections = 2048;
    std::size_t header_bytes = 8192;
    std::size_t body_bytes = 64 * 1024;
    std::size_t live_message_bytes = 4096;
    int failed_sign_ins = 10; // at once from one address; then one per refill
    std::chrono::milliseconds failed_sign_in_refill{6'000};
    int subscriptions = 10; // at once over one live connection; then one per refill
    std::chrono::milliseconds subscription_refill{1'000};
    std::chrono::milliseconds idle{75'000};     // between two requests
    std::chrono::milliseconds header{10'000};   // from a request's first byte to the end of its header
    std::chrono::milliseconds body{20'000};     // for the whole of the body
    std::chrono::milliseconds answer{30'000};   // for the backend
    std::chrono::milliseconds subscribe{5'000}; // from the upgrade to the first frame
    std::chrono::milliseconds heartbeat{15'000};
    std::chrono::milliseconds stalled{15'000}; // a frame that the client does not take for this long ends the session
    std::chrono::milliseconds closing{3'000};  // for the closing handshake
    int live_send_buffer = 256 * 1024;         // of the kernel, per live client: bounds what a slow one can hold back
};

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;               // 0: any free one
    std::filesystem::path ui_directory{}; // empty: no pages, only the API
    Limits limits{};
};

} // namespace testudo::web
