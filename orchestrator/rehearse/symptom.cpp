#include "orchestrator/rehearse/symptom.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace testudo::rehearse {
namespace {

std::optional<Symptom> of_stopped(const plan::Machine& machine, const json::object& params, std::string_view type,
                                  int port, const json::object& asked) {
    const auto unit = text_or(params, "service");
    const Symptom refused{"fail", "connection refused"};
    bool named = false;
    for (const auto& service : machine.services) {
        named = named || service.unit == unit;
        if (service.unit == unit && service.port == port && type != "icmp")
            return refused;
    }
    if (!named && type == "http" && text_or(asked, "path") != "/")
        return Symptom{"fail", "HTTP 502"};
    return {};
}

std::optional<Symptom> of_defaced(const json::object& params, std::string_view type, const json::object& asked) {
    if (type != "http" || !asked.contains("contains"))
        return {};
    const auto file = text_or(params, "path");
    const auto page = text_or(asked, "path");
    const auto name = file.substr(file.rfind('/') + 1);
    if (page.ends_with('/') ? name.starts_with("index.") : file.ends_with(page))
        return Symptom{"wrong", "the page lacks the text that belongs there"};
    return {};
}

std::optional<Symptom> of_written(const json::object& params, std::string_view type, const json::object& asked) {
    if (type != "modbus" || int_or(params, "register", -1) != int_or(asked, "register"))
        return {};
    const auto value = int_or(params, "value");
    if (value == int_or(asked, "expect", value) && value >= int_or(asked, "min", value) &&
        value <= int_or(asked, "max", value))
        return {};
    return Symptom{"wrong", fmt::format("the register has {}", value)};
}

} // namespace

std::optional<Symptom> symptom_of(const plan::Machine& machine, std::string_view action, const json::object& params,
                                  std::string_view check_type, int port, const json::object& asked) {
    if (action == "stop-service")
        return of_stopped(machine, params, check_type, port, asked);
    if (action == "deface")
        return of_defaced(params, check_type, asked);
    if (action == "write-register")
        return of_written(params, check_type, asked);
    return {};
}

} // namespace testudo::rehearse
