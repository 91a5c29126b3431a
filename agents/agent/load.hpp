#pragma once
#include <cstdint>

namespace testudo::agents {

struct Load {
    std::int64_t load_milli = 0; // one-minute load average
    std::int64_t memory_used_kib = 0;
    std::int64_t uptime_ms = 0; // of the agent
};
Load current_load();

} // namespace testudo::agents
