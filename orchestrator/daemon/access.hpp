#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/daemon/exercise_folder.hpp"
#include "orchestrator/plan/plan.hpp"
#include "web/api/tokens.hpp"

namespace testudo::daemon {

// Who may sign in to a controller. The tokens are derived from a seed, so that those who were signed in stay so when
// the controller is started again.
struct Access {
    web::Tokens tokens;
    json::object links;         // {"white", "instructor", "teams": {id: token}}, without address: see links_at()
    std::string operator_token; // of the command line on this machine
};

Access make_access(const plan::Plan& plan, std::string_view seed);
// The links with the address that the server got: {"url", "white", "instructor", "public", "teams": {id: link}}, each
// like "http://127.0.0.1:8080/#token=...". "public" only where one sees the board without a token.
json::object links_at(const Access& access, const std::string& address, std::uint16_t port, bool public_board);

} // namespace testudo::daemon
