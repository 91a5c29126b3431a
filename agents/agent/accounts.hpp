#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace testudo::agents {

struct Owner {
    uid_t user = 0;
    gid_t group = 0;
};

// Reads /etc/passwd and /etc/group itself: a static program has no other way that works.
// "user" (with its own group), "user:group"; numbers are taken as they are.
std::optional<Owner> find_owner(std::string_view text, const std::string& passwd, const std::string& group);
bool has_account(std::string_view name, const std::string& passwd);

} // namespace testudo::agents
