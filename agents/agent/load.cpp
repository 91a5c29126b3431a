#include "agents/agent/load.hpp"

#include <chrono>
#include <fstream>
#include <string>

namespace testudo::agents {
namespace {

const auto started = std::chrono::steady_clock::now();

} // namespace

Load current_load() {
    Load load;
    double average = 0;
    std::ifstream("/proc/loadavg") >> average;
    load.load_milli = static_cast<std::int64_t>(average * 1000);
    std::ifstream meminfo("/proc/meminfo");
    std::string name;
    std::string unit;
    std::int64_t total = 0;
    for (std::int64_t kib = 0; meminfo >> name >> kib; std::getline(meminfo, unit)) {
        if (name == "MemTotal:")
            total = kib;
        if (name == "MemAvailable:") {
            load.memory_used_kib = total - kib;
            break;
        }
    }
    load.uptime_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started).count();
    return load;
}

} // namespace testudo::agents
