#pragma once
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace testudo::agents {

// The guest's end of the channel: a console terminal, put in raw mode, or a virtio-serial port. Opened again and again
// while it is not there or nobody is at the other end.
class Device {
  public:
    Device(boost::asio::io_context& io, std::string path, std::function<void(std::string_view)> on_bytes);
    void start() { open(); }
    void write(std::string bytes);

  private:
    void open();
    void read();
    void write_next();
    void read_later();
    void open_later();

    boost::asio::posix::stream_descriptor stream_;
    boost::asio::steady_timer timer_;
    std::string path_;
    std::function<void(std::string_view)> on_bytes_;
    std::array<char, 16 * 1024> piece_;
    std::deque<std::string> outgoing_;
    std::uint64_t opened_ = 0; // counts openings, so that handlers of an older one are recognised
    bool writing_ = false;
    bool terminal_ = false;
};

} // namespace testudo::agents
