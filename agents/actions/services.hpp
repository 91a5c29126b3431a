#pragma once
#include <functional>
#include <string>
#include <vector>

#include "agents/actions/commands.hpp"

namespace testudo::agents {

// A name that `service` may be given.
bool is_service_name(const std::string& name);

// "start", "stop" or "restart", by `service` or, where systemd rules, by `systemctl`.
void run_service(Commands& commands, const std::string& unit, const std::string& verb,
                 std::function<void(CommandResult)> done);
void is_service_running(Commands& commands, const std::string& unit, std::function<void(bool)> done);
// Starts all of them, anew if they run already, and as far as possible at once. `done` gets the ones that failed, in
// the order of `units`, and the output of one.
void start_services(Commands& commands, const std::vector<std::string>& units,
                    std::function<void(std::vector<std::string> failed, std::string output)> done);

} // namespace testudo::agents
