#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agents/protocol/frame.hpp"

namespace testudo::agents {

enum class Side { controller, agent };

// What both sides have once the handshake is done: a key, and a counter per direction against replays.
class SealedLink {
  public:
    SealedLink(std::string key, Side self) : key_(std::move(key)), self_(self) {}

    // A line ready to be written; adds "n" as the first member.
    std::string seal(const json::object& body);
    // The body if the frame is the other side's, unchanged, and newer than all before it.
    std::optional<json::object> open(const Frame& frame);

  private:
    std::string key_;
    Side self_;
    std::int64_t sent_ = 0;
    std::int64_t received_ = 0;
};

} // namespace testudo::agents
