#include "web/api/tokens.hpp"

#include "orchestrator/core/digest.hpp"

namespace testudo::web {

void Tokens::admit(std::string_view token, const Caller& caller) {
    held_.push_back({sha256_hex(token), caller});
}

std::optional<Caller> Tokens::find(std::string_view token) const {
    const auto hash = sha256_hex(token);
    std::optional<Caller> found;
    for (const auto& held : held_)
        if (equal_constant_time(held.sha256, hash))
            found = held.caller;
    return found;
}

} // namespace testudo::web
