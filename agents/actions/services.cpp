#include "agents/actions/services.hpp"

#include <algorithm>
#include <cctype>

namespace testudo::agents {

bool is_service_name(const std::string& name) {
    return !name.empty() && name.size() <= 64 && name[0] != '-' && name[0] != '.' &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) {
               return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.' || c == '@';
           });
}

void run_service(Commands& commands, const std::string& unit, const std::string& verb,
                 std::function<void(CommandResult)> done) {
    commands.run({{"service", unit, verb}, "", {}, Millis(90'000)}, std::move(done));
}

void is_service_running(Commands& commands, const std::string& unit, std::function<void(bool)> done) {
    run_service(commands, unit, "status", [done = std::move(done)](const CommandResult& r) { done(r.good()); });
}

} // namespace testudo::agents
