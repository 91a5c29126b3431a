#include "agents/agent/settling.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace testudo::agents {
namespace {

constexpr std::chrono::milliseconds look_again{300};
constexpr std::size_t kept_free = std::size_t{12} << 20; // for the kernel and everybody else in the meantime

std::size_t free_memory() {
    std::ifstream meminfo("/proc/meminfo");
    std::string name;
    std::string unit;
    for (std::size_t kib = 0; meminfo >> name >> kib; std::getline(meminfo, unit))
        if (name == "MemFree:")
            return kib << 10;
    return 0;
}

// The kernel gives out zeroed pages and does not touch them when they come back.
void zero_free_memory() {
    const auto size = free_memory();
    if (size <= kept_free)
        return;
    void* all =
        ::mmap(nullptr, size - kept_free, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (all != MAP_FAILED)
        ::munmap(all, size - kept_free);
}

} // namespace

void Settling::run(Done done) {
    commands_.run({{"systemctl", "is-system-running"}, "", {}, Millis(10'000)},
                  [this, done = std::move(done)](const CommandResult& result) mutable {
                      auto state = result.output.substr(0, result.output.find('\n'));
                      if (state != "starting" && state != "initializing") {
                          ::sync();
                          zero_free_memory();
                          return done(state);
                      }
                      timer_.expires_after(look_again);
                      timer_.async_wait([this, done = std::move(done)](const boost::system::error_code& ec) {
                          if (!ec)
                              run(done);
                      });
                  });
}

} // namespace testudo::agents
