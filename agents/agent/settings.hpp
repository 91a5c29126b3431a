#pragma once
#include <string>
#include <vector>

#include "orchestrator/core/error.hpp"

namespace testudo::agents {

// What the agent is told when it starts.
struct Settings {
    bool init = false; // PID 1 of a container
    std::string channel = "/dev/tty2";
    std::string machine;
    std::string secret;
};

// From the command line and the environment; removes the secret from the environment.
Result<Settings> read_settings(const std::vector<std::string>& arguments);

} // namespace testudo::agents
