#include "agents/snapshot/stillness.hpp"

#include <charconv>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <time.h>
#include <unistd.h>

namespace testudo::agents {
namespace {

// One that was just told may still fork; each round finds those.
constexpr int most_rounds = 200;
constexpr timespec moment{0, 500'000};

// The letter of /proc/PID/stat: what follows the name, which may hold anything.
char state_of(const std::string& pid) {
    std::ifstream in("/proc/" + pid + "/stat");
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const auto end = text.rfind(')');
    return end == std::string::npos || end + 2 >= text.size() ? 'X' : text[end + 2];
}

} // namespace

Stillness::Stillness() {
    if (::getpid() != 1)
        return;
    std::set<pid_t> told;
    for (int round = 0; round < most_rounds; ++round) {
        bool all_still = true;
        std::error_code error;
        for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
            const auto name = entry.path().filename().string();
            pid_t pid = 0;
            if (std::from_chars(name.data(), name.data() + name.size(), pid).ptr != name.data() + name.size() ||
                pid <= 1)
                continue;
            const char state = state_of(name);
            if (state == 'T' || state == 't' || state == 'Z' || state == 'X')
                continue;
            all_still = false;
            if (told.insert(pid).second && ::kill(pid, SIGSTOP) == 0)
                stopped_.push_back(pid);
        }
        if (all_still)
            return;
        ::nanosleep(&moment, nullptr);
    }
}

Stillness::~Stillness() {
    // Children before their parents, so that a shell never sees a job of its own stopped.
    for (auto pid = stopped_.rbegin(); pid != stopped_.rend(); ++pid)
        ::kill(*pid, SIGCONT);
}

} // namespace testudo::agents
