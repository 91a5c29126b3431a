#include "agents/agent/accounts.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace testudo::agents {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto end = text.find(separator);
        out.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return out;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

// The fields of the line that begins with "name:".
std::vector<std::string_view> entry(std::string_view file, std::string_view name) {
    for (const auto line : split(file, '\n')) {
        auto fields = split(line, ':');
        if (fields[0] == name && fields.size() >= 4)
            return fields;
    }
    return {};
}

} // namespace

std::optional<Owner> find_owner(std::string_view text, const std::string& passwd, const std::string& group) {
    const auto colon = text.find(':');
    const auto user = text.substr(0, colon);
    Owner owner;
    if (const auto id = number(user)) {
        owner = {*id, *id};
    } else {
        const auto fields = entry(passwd, user);
        const auto uid = fields.empty() ? std::nullopt : number(fields[2]);
        const auto gid = fields.empty() ? std::nullopt : number(fields[3]);
        if (!uid || !gid)
            return std::nullopt;
        owner = {*uid, *gid};
    }
    if (colon == std::string_view::npos)
        return owner;
    const auto named = text.substr(colon + 1);
    auto id = number(named);
    if (!id) {
        const auto fields = entry(group, named);
        if (!fields.empty())
            id = number(fields[2]);
    }
    if (!id)
        return std::nullopt;
    owner.group = *id;
    return owner;
}

bool has_account(std::string_view name, const std::string& passwd) {
    return !entry(passwd, name).empty();
}

} // namespace testudo::agents
