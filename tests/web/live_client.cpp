#include "tests/web/live_client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

namespace testudo::web {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

struct LiveTestClient::State {
    net::io_context io{1};
    websocket::stream<beast::tcp_stream, false> ws{io};
    beast::flat_buffer buffer;
    std::string transcript;
    bool connected = false;
};

LiveTestClient::LiveTestClient(std::uint16_t port, const std::string& origin, int receive_buffer)
    : state_(std::make_unique<State>()) {
    auto& socket = beast::get_lowest_layer(state_->ws).socket();
    socket.open(net::ip::tcp::v4());
    if (receive_buffer > 0)
        socket.set_option(net::socket_base::receive_buffer_size(receive_buffer));
    socket.connect({net::ip::address_v4::loopback(), port});
    socket.set_option(net::ip::tcp::no_delay(true));
    if (!origin.empty())
        state_->ws.set_option(websocket::stream_base::decorator(
            [origin](websocket::request_type& request) { request.set(beast::http::field::origin, origin); }));
    beast::error_code ec;
    state_->ws.handshake("127.0.0.1:" + std::to_string(port), "/api/v1/live", ec);
    state_->connected = !ec;
}

LiveTestClient::~LiveTestClient() = default;

LiveTestClient::LiveTestClient(LiveTestClient&&) noexcept = default;

bool LiveTestClient::connected() const {
    return state_->connected;
}

void LiveTestClient::send(const std::string& text) {
    beast::error_code ec;
    state_->ws.write(net::buffer(text), ec);
}

void LiveTestClient::subscribe(const std::string& token, const std::string& epoch, std::uint64_t seq) {
    json::object message{{"type", "subscribe"}, {"token", token}};
    if (!epoch.empty()) {
        message["epoch"] = epoch;
        message["seq"] = seq;
    }
    send(json::serialize(message));
}

std::optional<json::object> LiveTestClient::receive(std::chrono::milliseconds patience) {
    state_->buffer.clear();
    bool done = false;
    beast::error_code result;
    state_->ws.async_read(state_->buffer, [&](beast::error_code ec, std::size_t) {
        done = true;
        result = ec;
    });
    state_->io.restart();
    state_->io.run_for(patience);
    if (!done) {
        beast::get_lowest_layer(state_->ws).close();
        state_->io.restart();
        state_->io.run();
        return std::nullopt;
    }
    if (result)
        return std::nullopt;
    const auto text = beast::buffers_to_string(state_->buffer.data());
    state_->transcript += text;
    return parse_json(text).value().get_object();
}

std::optional<json::object> LiveTestClient::receive_document(std::chrono::milliseconds patience) {
    for (;;) {
        auto message = receive(patience);
        if (!message || text_or(*message, "type") != "heartbeat")
            return message;
    }
}

int LiveTestClient::close_code(std::chrono::milliseconds patience) {
    while (receive(patience)) {
    }
    return state_->ws.reason().code;
}

const std::string& LiveTestClient::transcript() const {
    return state_->transcript;
}

int LiveTestClient::native_handle() const {
    return beast::get_lowest_layer(state_->ws).socket().native_handle();
}

} // namespace testudo::web
