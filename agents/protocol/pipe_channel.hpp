#pragma once
#include <memory>
#include <utility>

#include "agents/protocol/guest_channel.hpp"
#include "orchestrator/core/loop.hpp"

namespace testudo::agents {

// GuestChannel in memory: what is written to one end comes out of the other. For tests and simulated guests.
std::pair<std::unique_ptr<GuestChannel>, std::unique_ptr<GuestChannel>> pipe_channels(Loop& loop);

} // namespace testudo::agents
