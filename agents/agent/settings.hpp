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
    // Where both were read from, if from files: they change when the machine is cloned. Empty otherwise.
    std::string machine_file;
    std::string secret_file;
};

// From the command line and the environment; removes the secret from the environment.
Result<Settings> read_settings(const std::vector<std::string>& arguments);
// Reads the files once more. True if they tell another machine or secret than the settings do, which then hold those.
// Files that are empty or cannot be read tell nothing.
bool read_identity_again(Settings& settings);

} // namespace testudo::agents
