#include "orchestrator/core/loop.hpp"

#include <algorithm>

namespace testudo {
namespace {

using Timers = std::map<std::pair<SteadyTime, TimerId>, Loop::Task>;

void erase_timer(Timers& timers, TimerId id) {
    const auto it = std::find_if(timers.begin(), timers.end(), [id](const auto& t) { return t.first.second == id; });
    if (it != timers.end())
        timers.erase(it);
}

} // namespace

void RealLoop::post(Task task) {
    {
        const std::lock_guard lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
}

TimerId RealLoop::after(Millis delay, Task task) {
    const TimerId id = next_++;
    timers_.emplace(std::pair(clock_.steady() + delay, id), std::move(task));
    return id;
}

void RealLoop::cancel(TimerId id) {
    erase_timer(timers_, id);
}

void RealLoop::run() {
    for (;;) {
        std::vector<Task> ready;
        {
            std::unique_lock lock(mutex_);
            const auto woken = [this] { return stopping_ || !tasks_.empty(); };
            if (timers_.empty())
                wake_.wait(lock, woken);
            else
                wake_.wait_until(lock, timers_.begin()->first.first, woken);
            if (stopping_)
                return;
            ready.swap(tasks_);
        }
        for (auto& task : ready)
            task();
        const auto now = clock_.steady();
        while (!timers_.empty() && timers_.begin()->first.first <= now) {
            auto node = timers_.extract(timers_.begin());
            node.mapped()();
        }
    }
}

void RealLoop::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
}

VirtualLoop::VirtualLoop(WallTime start) {
    clock_.wall_now = start;
}

void VirtualLoop::post(Task task) {
    tasks_.push_back(std::move(task));
}

TimerId VirtualLoop::after(Millis delay, Task task) {
    const TimerId id = next_++;
    timers_.emplace(std::pair(clock_.steady_now + delay, id), std::move(task));
    return id;
}

void VirtualLoop::cancel(TimerId id) {
    erase_timer(timers_, id);
}

void VirtualLoop::drain() {
    while (!tasks_.empty()) {
        std::vector<Task> ready;
        ready.swap(tasks_);
        for (auto& task : ready)
            task();
    }
}

void VirtualLoop::advance(Millis span) {
    const auto end = clock_.steady_now + span;
    drain();
    while (!timers_.empty() && timers_.begin()->first.first <= end) {
        auto node = timers_.extract(timers_.begin());
        const auto due = std::max(node.key().first, clock_.steady_now);
        clock_.wall_now += due - clock_.steady_now;
        clock_.steady_now = due;
        node.mapped()();
        drain();
    }
    clock_.wall_now += end - clock_.steady_now;
    clock_.steady_now = end;
}

} // namespace testudo
