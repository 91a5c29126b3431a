#include "agents/actions/target.hpp"

#include <boost/asio/write.hpp>

namespace testudo::agents {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t longest_answer = 4096;

} // namespace

Result<Address> target_of(const ActionRequest& request, const Reach& reach) {
    auto address =
        request.address ? Result<Address>(*request.address) : parse_address(text_or(request.params, "address"));
    if (!address)
        return address;
    if (const auto allowed = reach.check(*address); !allowed)
        return tl::unexpected(allowed.error());
    return address;
}

Result<std::uint16_t> port_of(const ActionRequest& request, std::int64_t fallback) {
    const auto port = int_or(request.params, "port", fallback);
    if (port < 1 || port > 65535)
        return fail("refused.params", "port", "a port is from 1 to 65535");
    return static_cast<std::uint16_t>(port);
}

void Connection::exchange(const Address& address, std::uint16_t port, std::string bytes, Millis timeout,
                          std::function<bool(const std::string&)> complete,
                          std::function<void(Result<std::string>)> answered) {
    bytes_ = std::move(bytes);
    complete_ = std::move(complete);
    answered_ = std::move(answered);
    timer_.expires_after(timeout);
    timer_.async_wait([keep = shared_from_this()](const error_code& ec) {
        if (!ec)
            keep->finish(fail("failed", "", "no answer in time"));
    });
    socket_.async_connect({address, port}, [keep = shared_from_this()](const error_code& ec) {
        if (ec)
            return keep->finish(fail("failed", "", ec.message()));
        keep->send();
    });
}

void Connection::send() {
    asio::async_write(socket_, asio::buffer(bytes_), [keep = shared_from_this()](const error_code& ec, std::size_t) {
        if (ec)
            return keep->finish(fail("failed", "", ec.message()));
        if (!keep->complete_)
            return keep->finish(std::string());
        keep->read();
    });
}

void Connection::read() {
    socket_.async_read_some(asio::buffer(piece_), [keep = shared_from_this()](const error_code& ec, std::size_t size) {
        keep->answer_.append(keep->piece_.data(), size);
        if (!keep->complete_)
            return; // finished while this was on its way
        if (ec || keep->complete_(keep->answer_) || keep->answer_.size() > longest_answer)
            return keep->finish(keep->answer_);
        keep->read();
    });
}

void Connection::finish(Result<std::string> result) {
    if (!answered_)
        return;
    error_code ignored;
    socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    timer_.cancel();
    complete_ = nullptr;
    std::exchange(answered_, nullptr)(std::move(result));
}

} // namespace testudo::agents
