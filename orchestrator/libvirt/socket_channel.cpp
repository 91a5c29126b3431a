#include "orchestrator/libvirt/socket_channel.hpp"

#include <cerrno>
#include <cstring>
#include <libvirt/libvirt.h>
#include <sys/socket.h>
#include <unistd.h>

#include "orchestrator/libvirt/channel.hpp"

namespace testudo::libvirt {
namespace {

class SocketSource final : public ByteSource {
  public:
    explicit SocketSource(int socket) : socket_(socket) {}
    // Only when the watch has let go of it: else its number could be another file's while libvirt still polls it.
    ~SocketSource() override { ::close(socket_); }
    SocketSource(const SocketSource&) = delete;
    SocketSource& operator=(const SocketSource&) = delete;

    bool watch(std::function<void(int)> ready) override {
        auto* opaque = new std::function(std::move(ready));
        const auto on_event = [](int, int, int events, void* p) {
            (*static_cast<std::function<void(int)>*>(p))(events);
        };
        const auto release = [](void* p) { delete static_cast<std::function<void(int)>*>(p); };
        watch_ = virEventAddHandle(socket_, VIR_EVENT_HANDLE_READABLE, on_event, opaque, release);
        if (watch_ < 0)
            release(opaque);
        return watch_ >= 0;
    }
    void want(int events) override { virEventUpdateHandle(watch_, events); }
    int receive(char* bytes, std::size_t size) override {
        return result_of(::recv(socket_, bytes, size, MSG_DONTWAIT));
    }
    int send(const char* bytes, std::size_t size) override {
        return result_of(::send(socket_, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL));
    }
    std::string why() const override { return error_ != 0 ? std::strerror(error_) : ""; }
    void end() override {
        ::shutdown(socket_, SHUT_RDWR);
        virEventRemoveHandle(watch_);
    }

  private:
    int result_of(ssize_t n) {
        if (n >= 0)
            return static_cast<int>(n);
        if (errno == EAGAIN || errno == EINTR)
            return would_block;
        error_ = errno;
        return -1;
    }

    int socket_;
    int watch_ = -1;
    int error_ = 0;
};

} // namespace

std::unique_ptr<agents::GuestChannel> socket_channel(Loop& loop, std::weak_ptr<WorkerPool> pool, int socket) {
    return channel_over(loop, std::move(pool), std::make_unique<SocketSource>(socket));
}

} // namespace testudo::libvirt
