#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <mutex>

namespace testudo::web {

// The way from other threads into the server's. It may outlive the server: while it is shut, at first and at the end,
// what is posted is dropped.
class Gate {
  public:
    void open(boost::asio::io_context& io) {
        const std::lock_guard lock(mutex_);
        io_ = &io;
    }

    void post(std::function<void()> task) {
        const std::lock_guard lock(mutex_);
        if (io_)
            boost::asio::post(*io_, std::move(task));
    }
    void shut() {
        const std::lock_guard lock(mutex_);
        io_ = nullptr;
    }

  private:
    std::mutex mutex_;
    boost::asio::io_context* io_ = nullptr;
};

} // namespace testudo::web
