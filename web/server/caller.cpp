#include "web/server/caller.hpp"

#include <array>
#include <utility>

namespace testudo::web {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> names{{
    {Role::white, "white"},
    {Role::instructor, "instructor"},
    {Role::team, "team"},
    {Role::everyone, "public"},
}};

} // namespace

std::string_view role_name(Role role) {
    for (const auto& [value, name] : names)
        if (value == role)
            return name;
    return "public";
}

std::string audience_of(const Caller& caller) {
    return caller.role == Role::team ? "team:" + caller.team : std::string(role_name(caller.role));
}

} // namespace testudo::web
