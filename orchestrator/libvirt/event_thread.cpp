#include "orchestrator/libvirt/event_thread.hpp"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <mutex>
#include <stdexcept>

namespace testudo::libvirt {

std::shared_ptr<EventThread> EventThread::get() {
    static std::mutex mutex;
    static std::weak_ptr<EventThread> current;
    const std::lock_guard lock(mutex);
    auto thread = current.lock();
    if (!thread) {
        thread.reset(new EventThread);
        current = thread;
    }
    return thread;
}

EventThread::EventThread() {
    static std::once_flag once;
    std::call_once(once, [] {
        // Errors are returned to callers; libvirt's habit of printing them as well is of no use.
        virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
        if (virInitialize() != 0 || virEventRegisterDefaultImpl() != 0)
            throw std::runtime_error("libvirt cannot be initialised");
    });
    waker_ = virEventAddTimeout(
        -1, [](int, void*) {}, nullptr, nullptr);
    thread_ = std::thread([this] {
        while (!stopping_)
            virEventRunDefaultImpl();
    });
}

EventThread::~EventThread() {
    stopping_ = true;
    virEventUpdateTimeout(waker_, 0);
    thread_.join();
    virEventRemoveTimeout(waker_);
}

} // namespace testudo::libvirt
