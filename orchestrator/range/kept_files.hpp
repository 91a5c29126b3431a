#pragma once
#include <functional>
#include <string>

#include "orchestrator/exercise/guests.hpp"

// A container's files on their way over its agent's channel (docs/agent-protocol.md: keep, fetch, give).
namespace testudo::range {

// Has the agent pack what changed since the container was made, and brings it here.
void fetch_files(exercise::Guests& guests, const std::string& machine, std::function<void(Result<std::string>)> done);
// Hands it to the agent of a fresh one. `done` is told its digest, for the personalisation that puts it in place.
void give_files(exercise::Guests& guests, const std::string& machine, std::string files,
                std::function<void(Result<std::string>)> done);

} // namespace testudo::range
