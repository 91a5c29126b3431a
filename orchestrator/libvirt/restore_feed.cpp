#include "orchestrator/libvirt/restore_feed.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace testudo::libvirt {
namespace {

constexpr int pipe_bytes = 1 << 20;
constexpr int patience_ms = 20; // between looks at whether to stop

} // namespace

// Opened for reading as well: so it needs no reader yet, the first bytes are there before libvirt looks, and a reader
// that goes away does not end us by a signal.
Result<std::unique_ptr<RestoreFeed>> RestoreFeed::open(const std::filesystem::path& fifo, std::string head,
                                                       const std::filesystem::path& state, std::uint64_t offset) {
    const auto refuse = [](const std::filesystem::path& path) {
        return fail("files.read", path.string(), std::generic_category().message(errno));
    };
    const int in = ::open(state.c_str(), O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return refuse(state);
    std::error_code ignored;
    std::filesystem::remove(fifo, ignored);
    const int out = ::mkfifo(fifo.c_str(), 0600) == 0 ? ::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC) : -1;
    if (out < 0) {
        auto refusal = refuse(fifo);
        ::close(in);
        return refusal;
    }
    ::fcntl(out, F_SETPIPE_SZ, pipe_bytes); // fewer turns; the usual size does as well
    auto feed = std::unique_ptr<RestoreFeed>(new RestoreFeed(fifo, out, in));
    feed->thread_ = std::thread([self = feed.get(), head = std::move(head), offset] { self->feed(head, offset); });
    return feed;
}

RestoreFeed::~RestoreFeed() {
    stopping_ = true;
    thread_.join();
    std::error_code ignored;
    std::filesystem::remove(fifo_, ignored);
}

bool RestoreFeed::may_go_on() const {
    pollfd ready{out_, POLLOUT, 0};
    ::poll(&ready, 1, patience_ms);
    return !stopping_;
}

void RestoreFeed::feed(const std::string& head, std::uint64_t offset) {
    std::size_t written = 0;
    while (written < head.size() && !stopping_) {
        const auto piece = ::write(out_, head.data() + written, head.size() - written);
        if (piece > 0)
            written += static_cast<std::size_t>(piece);
        else if (errno != EAGAIN || !may_go_on())
            break;
    }
    auto at = static_cast<off_t>(offset);
    while (written == head.size() && !stopping_) {
        const auto piece = ::sendfile(out_, in_, &at, pipe_bytes);
        if (piece == 0 || (piece < 0 && (errno != EAGAIN || !may_go_on())))
            break;
    }
    // Closed any earlier, what nobody has opened yet would be lost, and libvirt would wait for it for ever.
    int left = 0;
    while (!stopping_ && ::ioctl(out_, FIONREAD, &left) == 0 && left > 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ::close(out_);
    ::close(in_);
}

void RestoreFeed::release(const std::filesystem::path& fifo) {
    std::error_code ignored;
    if (!std::filesystem::is_fifo(fifo, ignored))
        return;
    const int fd = ::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0)
        ::close(fd);
}

} // namespace testudo::libvirt
