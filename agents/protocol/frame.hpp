#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "orchestrator/core/json.hpp"

namespace testudo::agents {

inline constexpr std::size_t max_line = 1 << 20;
// Stands in the place of the MAC until a session's key is agreed.
inline constexpr std::string_view no_mac = "-";

// One line of the wire, still unverified: `MAC SP JSON LF`.
struct Frame {
    std::string mac;
    std::string text; // exactly the bytes that the MAC is made over
    json::object body;
};

std::string encode_frame(std::string_view mac, std::string_view text);

// Cuts a noisy stream into frames. Lines that are too long or that no frame can be read from are dropped without a
// trace: a console carries log lines, login prompts and echoes.
class FrameReader {
  public:
    explicit FrameReader(std::function<void(const Frame&)> on_frame) : on_frame_(std::move(on_frame)) {}
    void receive(std::string_view bytes);

  private:
    void take_line();

    std::function<void(const Frame&)> on_frame_;
    std::string line_;
    bool overlong_ = false; // drop everything up to the next line feed
};

} // namespace testudo::agents
