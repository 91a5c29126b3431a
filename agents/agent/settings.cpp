#include "agents/agent/settings.hpp"

#include <cstdlib>
#include <cstring>

#include "agents/actions/local_file.hpp"

namespace testudo::agents {
namespace {

// unsetenv() only forgets the pointer; the text itself would stay readable in /proc/1/environ.
std::string take_from_environment(const std::string& name) {
    char* value = std::getenv(name.c_str());
    if (value == nullptr)
        return "";
    std::string text(value);
    std::memset(value, 0, text.size());
    ::unsetenv(name.c_str());
    return text;
}

std::string trimmed(std::string text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ' || text.back() == '\0'))
        text.pop_back();
    return text;
}

} // namespace

Result<Settings> read_settings(const std::vector<std::string>& arguments) {
    Settings settings;
    settings.machine = take_from_environment("TESTUDO_MACHINE");
    settings.secret = take_from_environment("TESTUDO_SECRET");
    std::string secret_file;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& name = arguments[i];
        if (name == "--init") {
            settings.init = true;
            continue;
        }
        if (i + 1 == arguments.size())
            return fail("usage", name, "unknown, or lacks its value");
        const auto& value = arguments[++i];
        if (name == "--channel")
            settings.channel = value;
        else if (name == "--machine")
            settings.machine = value;
        else if (name == "--secret-file")
            secret_file = value;
        else if (name == "--secret-env")
            settings.secret = take_from_environment(value);
        else
            return fail("usage", name, "unknown option");
    }
    if (!secret_file.empty()) {
        const auto secret = read_file(secret_file);
        if (!secret)
            return tl::unexpected(secret.error());
        settings.secret = trimmed(*secret);
    }
    if (settings.secret.empty() || settings.machine.empty())
        return fail("usage", "", "a machine and a secret are needed");
    return settings;
}

} // namespace testudo::agents
