#include "agents/agent/device.hpp"

#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace testudo::agents {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::chrono::milliseconds pause{100};
// Nobody reads at the other end: what is said is stale by the time that somebody does.
constexpr std::size_t most_outgoing = 256;

} // namespace

Device::Device(asio::io_context& io, std::string path, std::function<void(std::string_view)> on_bytes)
    : stream_(io), timer_(io), path_(std::move(path)), on_bytes_(std::move(on_bytes)) {}

void Device::open() {
    const int fd = ::open(path_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return open_later();
    termios mode{};
    terminal_ = tcgetattr(fd, &mode) == 0;
    if (terminal_) {
        cfmakeraw(&mode);
        tcsetattr(fd, TCSANOW, &mode);
    }
    error_code ec;
    stream_.assign(fd, ec);
    if (ec) {
        ::close(fd);
        return open_later();
    }
    ++opened_;
    read();
}

void Device::open_later() {
    error_code ignored;
    stream_.close(ignored);
    outgoing_.clear();
    writing_ = false;
    ++opened_;
    timer_.expires_after(pause);
    timer_.async_wait([this](const error_code& ec) {
        if (!ec)
            open();
    });
}

void Device::read() {
    stream_.async_read_some(asio::buffer(piece_), [this, opening = opened_](const error_code& ec, std::size_t size) {
        if (opening != opened_)
            return;
        if (ec == asio::error::eof && !terminal_) // a virtio-serial port, and the host is not connected
            return read_later();
        if (ec)
            return open_later();
        on_bytes_(std::string_view(piece_.data(), size));
        read();
    });
}

// Not closed meanwhile: the port would throw away what the host sends first.
void Device::read_later() {
    timer_.expires_after(pause);
    timer_.async_wait([this](const error_code& ec) {
        if (!ec)
            read();
    });
}

void Device::write(std::string bytes) {
    if (!stream_.is_open() || outgoing_.size() >= most_outgoing)
        return;
    outgoing_.push_back(std::move(bytes));
    if (!writing_)
        write_next();
}

void Device::write_next() {
    writing_ = !outgoing_.empty();
    if (!writing_)
        return;
    asio::async_write(stream_, asio::buffer(outgoing_.front()),
                      [this, opening = opened_](const error_code& ec, std::size_t) {
                          if (opening != opened_)
                              return;
                          if (ec)
                              return open_later();
                          outgoing_.pop_front();
                          write_next();
                      });
}

} // namespace testudo::agents
