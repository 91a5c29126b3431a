#pragma once
#include <ctime>
#include <optional>
#include <string>

#include "agents/protocol/message.hpp"

namespace testudo::agents {

// A container's files on their way out and back: the requests keep, fetch and give (docs/agent-protocol.md).
class Snapshot {
  public:
    // Notes what the root's files look like before anything changes: call it before anything is done to them.
    Snapshot();

    Reply keep();
    Reply fetch(const json::object& request);
    Reply give(const json::object& request);
    // Puts back what was given, if it is what this digest says.
    Result<void> put_back(const std::string& sha256);

  private:
    timespec made_{}; // the root
    std::string kept_;
    std::string given_;
};

} // namespace testudo::agents
