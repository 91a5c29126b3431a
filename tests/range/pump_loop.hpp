#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "orchestrator/core/loop.hpp"

namespace testudo {

// A loop on real time that a test turns until something has come about.
class PumpLoop final : public Loop {
  public:
    void post(Task task) override {
        {
            const std::lock_guard lock(mutex_);
            tasks_.push_back(std::move(task));
        }
        wake_.notify_one();
    }
    TimerId after(Millis delay, Task task) override {
        timers_.emplace(std::pair(clock_.steady() + delay, next_), std::move(task));
        return next_++;
    }
    void cancel(TimerId id) override {
        std::erase_if(timers_, [id](const auto& timer) { return timer.first.second == id; });
    }
    const Clock& clock() const override { return clock_; }

    bool run_until(const std::function<bool()>& predicate, Millis patience) {
        const auto end = clock_.steady() + patience;
        while (!predicate()) {
            std::vector<Task> ready;
            {
                std::unique_lock lock(mutex_);
                wake_.wait_for(lock, Millis(20), [this] { return !tasks_.empty(); });
                ready.swap(tasks_);
            }
            for (auto& task : ready)
                task();
            while (!timers_.empty() && timers_.begin()->first.first <= clock_.steady()) {
                auto timer = timers_.extract(timers_.begin());
                timer.mapped()();
            }
            if (clock_.steady() > end)
                return predicate();
        }
        return true;
    }

  private:
    RealClock clock_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Task> tasks_;
    std::map<std::pair<SteadyTime, TimerId>, Task> timers_;
    TimerId next_ = 1;
};

} // namespace testudo
