#include "tests/agents/pty_channel.hpp"

#include <array>
#include <atomic>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <unistd.h>

namespace testudo::agents {
namespace {

// Shared with the tasks that are on their way to the loop.
struct Inbox {
    std::optional<GuestChannel::Handlers> handlers;
    std::string early;
    bool closed = false;

    void take(const std::string& bytes) {
        if (closed)
            return;
        if (handlers)
            handlers->on_bytes(bytes);
        else
            early += bytes;
    }
};

class PtyChannel final : public GuestChannel {
  public:
    PtyChannel(Loop& loop, int master) : loop_(loop), master_(master), thread_([this] { pump(); }) {}
    ~PtyChannel() override { close(); }

    void listen(Handlers handlers) override {
        inbox_->handlers = std::move(handlers);
        loop_.post([inbox = inbox_] { inbox->take(std::exchange(inbox->early, {})); });
    }
    void write(std::string_view bytes) override {
        const std::lock_guard lock(mutex_);
        outgoing_ += bytes;
    }
    void close() override {
        inbox_->closed = true;
        ending_ = true;
        if (thread_.joinable())
            thread_.join();
    }

  private:
    void pump() {
        std::array<char, 4096> piece{};
        while (!ending_) {
            pollfd ready{master_, POLLIN, 0};
            {
                const std::lock_guard lock(mutex_);
                if (!outgoing_.empty())
                    ready.events |= POLLOUT;
            }
            ::poll(&ready, 1, 5);
            if ((ready.revents & POLLIN) != 0) {
                const auto n = ::read(master_, piece.data(), piece.size());
                if (n > 0)
                    loop_.post([inbox = inbox_, bytes = std::string(piece.data(), static_cast<std::size_t>(n))] {
                        inbox->take(bytes);
                    });
            }
            if ((ready.revents & POLLOUT) != 0) {
                const std::lock_guard lock(mutex_);
                const auto n = ::write(master_, outgoing_.data(), outgoing_.size());
                if (n > 0)
                    outgoing_.erase(0, static_cast<std::size_t>(n));
            }
        }
    }

    Loop& loop_;
    int master_;
    std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
    std::mutex mutex_; // guards outgoing_
    std::string outgoing_;
    std::atomic<bool> ending_{false};
    std::thread thread_;
};

} // namespace

Pty::Pty() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)) {
    if (master_ < 0 || ::grantpt(master_) != 0 || ::unlockpt(master_) != 0)
        throw std::runtime_error("no pseudo terminal");
    slave_ = ::ptsname(master_);
    held_ = ::open(slave_.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
}

Pty::~Pty() {
    ::close(held_);
    ::close(master_);
}

OpenGuestChannel Pty::opener(Loop& loop) {
    return [this, &loop](auto done) {
        loop.post([this, &loop, done = std::move(done)] {
            done(std::unique_ptr<GuestChannel>(std::make_unique<PtyChannel>(loop, master_)));
        });
    };
}

} // namespace testudo::agents
