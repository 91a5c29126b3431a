#pragma once
#include <string_view>

#include "orchestrator/core/json.hpp"
#include "web/server/backend.hpp"

namespace testudo::web {

// "Not Found"; "Unknown" for a status that we never send.
std::string_view reason_of(int status);

// An error as RFC 9457 problem+json. `detail` is a sentence for the person who asked; `more` holds further members.
ApiResponse problem(int status, std::string_view detail, json::object more = {});

} // namespace testudo::web
