#include "orchestrator/daemon/signals.hpp"

namespace testudo::daemon {
namespace {

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

} // namespace

StopOnSignal::StopOnSignal(Loop& loop, std::function<void(int)> task) {
    const auto set = watched();
    pthread_sigmask(SIG_BLOCK, &set, &before_);
    thread_ = std::thread([this, &loop, task = std::move(task), set] {
        const timespec beat{0, 100'000'000}; // how late the destructor may be noticed
        while (!over_) {
            if (const int signal = sigtimedwait(&set, nullptr, &beat); signal > 0)
                loop.post([task, signal] { task(signal); });
        }
    });
}

StopOnSignal::~StopOnSignal() {
    over_ = true;
    thread_.join();
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

} // namespace testudo::daemon
