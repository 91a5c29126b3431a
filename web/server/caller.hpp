#pragma once
#include <string>
#include <string_view>

namespace testudo::web {

// Who may do what is a function of the role; what a team may see, of the team too.
enum class Role { white, instructor, team, everyone };

// "white", "instructor", "team", "public"
std::string_view role_name(Role role);

// Who asks, as the token says.
struct Caller {
    Role role = Role::everyone;
    std::string team; // the team's id when the role is team, else empty
    std::string name; // of the person or post, for the log: "white cell 2"

    bool operator==(const Caller&) const = default;
};

// The views that are published: "white", "instructor", "team:north", "public". All callers of one audience see the
// same.
std::string audience_of(const Caller& caller);

} // namespace testudo::web
