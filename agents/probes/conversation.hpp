#pragma once
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "agents/probes/probe.hpp"

namespace testudo::agents {

// What every probe has: one deadline, one result, times measured from the start. Kept alive by its own handlers.
class Probe : public std::enable_shared_from_this<Probe> {
  public:
    Probe(boost::asio::io_context& io, ProbeRequest request, std::function<void(ProbeResult)> done);
    virtual ~Probe() = default;
    void start();

  protected:
    virtual void begin() = 0;
    // Gives up everything that is still under way; called once, at the end.
    virtual void stop() = 0;
    // What to say when time is up; by default that there was no answer.
    virtual ProbeResult out_of_time() const;

    void connected(); // notes the time
    void pass();
    void finish(ProbeOutcome outcome, std::string reason);
    bool finished() const { return finished_; }
    // A failed system call while reaching the target: the target's fault or the vantage's own.
    void finish_unreachable(const boost::system::error_code& ec);

    template <class Derived> std::shared_ptr<Derived> self() {
        return std::static_pointer_cast<Derived>(shared_from_this());
    }

    boost::asio::io_context& io_;
    const ProbeRequest request_;

  private:
    using SteadyClock = std::chrono::steady_clock;

    std::function<void(ProbeResult)> done_;
    boost::asio::steady_timer deadline_;
    SteadyClock::time_point started_{};
    std::int64_t connect_us_ = 0;
    bool finished_ = false;
};

// A probe that talks over one TCP connection. What the other side sends is collected in a buffer that never grows past
// `limit`: received() looks at what is there and takes from it, a server that sends without end fails.
class Conversation : public Probe {
  public:
    Conversation(boost::asio::io_context& io, ProbeRequest request, std::function<void(ProbeResult)> done,
                 std::size_t limit = 64 * 1024);

  protected:
    virtual void opened() {}
    // More bytes are in buffer().
    virtual void received() = 0;
    // The other side closed; buffer() holds what is left.
    virtual void ended();

    void begin() override;
    void stop() override;
    void send(std::string bytes);
    std::string& buffer() { return buffer_; }
    const std::string& buffer() const { return buffer_; }
    // Takes the first line off the buffer, without its end; false if there is none yet.
    bool take_line(std::string& line);

  private:
    void read();

    boost::asio::ip::tcp::socket socket_;
    std::string buffer_;
    std::array<char, 4096> piece_;
    std::size_t limit_;
};

} // namespace testudo::agents
