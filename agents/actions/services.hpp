#pragma once
#include <functional>
#include <string>

#include "agents/actions/commands.hpp"

namespace testudo::agents {

// A name that `service` may be given.
bool is_service_name(const std::string& name);

// `service UNIT VERB`, which works with and without systemd.
void run_service(Commands& commands, const std::string& unit, const std::string& verb,
                 std::function<void(CommandResult)> done);
void is_service_running(Commands& commands, const std::string& unit, std::function<void(bool)> done);

} // namespace testudo::agents
