#include "agents/probes/conversation.hpp"

#include <boost/asio/ip/udp.hpp>
#include <boost/asio/write.hpp>

namespace testudo::agents {
namespace {

namespace asio = boost::asio;

// A deadline that comes this much too late was not missed by the target: this machine did not get to it.
constexpr std::chrono::milliseconds tolerated_lag{500};

bool is_own_fault(const boost::system::error_code& ec) {
    switch (ec.value()) {
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
    case EADDRINUSE:
    case EACCES:
    case EPERM:
    case EAFNOSUPPORT:
    case EPROTONOSUPPORT:
        return true;
    default:
        return false;
    }
}

// Whether this machine's own routing table has a way to the address: connecting a datagram socket asks just that.
boost::system::error_code own_route(asio::io_context& io, const Address& address) {
    boost::system::error_code ec;
    asio::ip::udp::socket socket(io);
    const asio::ip::udp::endpoint to(address, 9);
    socket.open(to.protocol(), ec);
    if (!ec)
        socket.connect(to, ec);
    return ec;
}

} // namespace

Probe::Probe(asio::io_context& io, ProbeRequest request, std::function<void(ProbeResult)> done)
    : io_(io), request_(std::move(request)), done_(std::move(done)), deadline_(io) {}

void Probe::start() {
    started_ = SteadyClock::now();
    const auto end = started_ + request_.timeout;
    deadline_.expires_at(end);
    deadline_.async_wait([keep = shared_from_this(), end](const boost::system::error_code& ec) {
        if (ec || keep->finished_)
            return;
        if (SteadyClock::now() - end > tolerated_lag)
            return keep->finish(ProbeOutcome::error, "this vantage is overloaded");
        auto result = keep->out_of_time();
        keep->finish(result.outcome, std::move(result.reason));
    });
    if (const auto ec = own_route(io_, request_.address))
        return finish(ProbeOutcome::error, "no way to the target from this vantage: " + ec.message());
    begin();
}

ProbeResult Probe::out_of_time() const {
    ProbeResult result;
    result.outcome = ProbeOutcome::fail;
    result.reason = connect_us_ == 0 ? "no answer" : "connected, then no complete answer in time";
    return result;
}

void Probe::connected() {
    connect_us_ = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - started_).count();
}

void Probe::pass() {
    const auto slow_ms = int_or(request_.params, "slow_ms", -1);
    const auto took = SteadyClock::now() - started_;
    if (slow_ms >= 0 && took > Millis(slow_ms))
        finish(ProbeOutcome::slow, "took longer than " + std::to_string(slow_ms) + " ms");
    else
        finish(ProbeOutcome::pass, "");
}

void Probe::finish(ProbeOutcome outcome, std::string reason) {
    if (finished_)
        return;
    finished_ = true;
    deadline_.cancel();
    stop();
    ProbeResult result{outcome, std::move(reason), connect_us_, 0};
    result.total_us = std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - started_).count();
    // Never from within start(): the caller has not stored the probe yet.
    asio::post(io_, [done = std::move(done_), result = std::move(result)] { done(result); });
}

void Probe::finish_unreachable(const boost::system::error_code& ec) {
    finish(is_own_fault(ec) ? ProbeOutcome::error : ProbeOutcome::fail, ec.message());
}

Conversation::Conversation(asio::io_context& io, ProbeRequest request, std::function<void(ProbeResult)> done,
                           std::size_t limit)
    : Probe(io, std::move(request), std::move(done)), socket_(io), limit_(limit) {}

void Conversation::begin() {
    const asio::ip::tcp::endpoint to(request_.address, request_.port);
    socket_.async_connect(to, [this, keep = shared_from_this()](const boost::system::error_code& ec) {
        if (finished())
            return;
        if (ec)
            return finish_unreachable(ec);
        connected();
        opened();
        if (!finished())
            read();
    });
}

void Conversation::stop() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Conversation::ended() {
    finish(ProbeOutcome::fail, "the connection was closed before the answer was complete");
}

void Conversation::send(std::string bytes) {
    auto kept = std::make_shared<std::string>(std::move(bytes));
    asio::async_write(socket_, asio::buffer(*kept),
                      [keep = shared_from_this(), kept](const boost::system::error_code&, std::size_t) {
                          // A failed write shows in the read that is always under way.
                      });
}

void Conversation::read() {
    socket_.async_read_some(asio::buffer(piece_),
                            [this, keep = shared_from_this()](const boost::system::error_code& ec, std::size_t size) {
                                if (finished())
                                    return;
                                buffer_.append(piece_.data(), size);
                                if (ec == asio::error::eof)
                                    return ended();
                                if (ec)
                                    return finish(ProbeOutcome::fail, ec.message());
                                received();
                                if (finished())
                                    return;
                                if (buffer_.size() > limit_)
                                    return finish(ProbeOutcome::fail, "the answer is too long");
                                read();
                            });
}

bool Conversation::take_line(std::string& line) {
    const auto end = buffer_.find('\n');
    if (end == std::string::npos)
        return false;
    line = buffer_.substr(0, end);
    if (line.ends_with('\r'))
        line.pop_back();
    buffer_.erase(0, end + 1);
    return true;
}

} // namespace testudo::agents
