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

Result<std::string> read_trimmed(const std::string& path) {
    return read_file(path).map(trimmed);
}

} // namespace

Result<Settings> read_settings(const std::vector<std::string>& arguments) {
    Settings settings;
    settings.machine = take_from_environment("TESTUDO_MACHINE");
    settings.secret = take_from_environment("TESTUDO_SECRET");
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
        else if (name == "--machine-file")
            settings.machine_file = value;
        else if (name == "--secret-file")
            settings.secret_file = value;
        else if (name == "--secret-env")
            settings.secret = take_from_environment(value);
        else
            return fail("usage", name, "unknown option");
    }
    for (const auto& [file, value] :
         {std::pair(&settings.machine_file, &settings.machine), std::pair(&settings.secret_file, &settings.secret)}) {
        if (file->empty())
            continue;
        auto text = read_trimmed(*file);
        if (!text)
            return tl::unexpected(text.error());
        *value = std::move(*text);
    }
    if (settings.secret.empty() || settings.machine.empty())
        return fail("usage", "", "a machine and a secret are needed");
    return settings;
}

bool read_identity_again(Settings& settings) {
    if (settings.machine_file.empty() || settings.secret_file.empty())
        return false;
    const auto machine = read_trimmed(settings.machine_file);
    const auto secret = read_trimmed(settings.secret_file);
    if (!machine || !secret || machine->empty() || secret->empty() ||
        (*machine == settings.machine && *secret == settings.secret))
        return false;
    settings.machine = *machine;
    settings.secret = *secret;
    return true;
}

} // namespace testudo::agents
