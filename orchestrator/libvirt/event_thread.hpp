#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <thread>

namespace testudo::libvirt {

// The one thread that runs libvirt's default event loop; keepalive, lifecycle events and streams need it. libvirt knows
// one event loop per process, so all connections share this. It has to be there before the first connection is opened.
class EventThread {
  public:
    // The process's event thread; it ends when the last holder lets go (which must not happen on the thread itself).
    static std::shared_ptr<EventThread> get();
    ~EventThread();
    EventThread(const EventThread&) = delete;
    EventThread& operator=(const EventThread&) = delete;

  private:
    EventThread();

    std::atomic<bool> stopping_ = false;
    int waker_ = -1; // a timer of libvirt's that is due only when we stop
    std::thread thread_;
};

} // namespace testudo::libvirt
