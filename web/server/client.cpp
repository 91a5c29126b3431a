#include "web/server/client.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

namespace testudo::web {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

Result<ClientAnswer> send_request(const std::string& address, std::uint16_t port, const std::string& method,
                                  const std::string& path, const std::string& token, const std::string& body) {
    const auto where = fmt::format("{}:{}", address, port);
    asio::io_context context;
    beast::tcp_stream stream(context);
    beast::error_code result;
    http::request<http::string_body> request;
    http::response<http::string_body> response;
    beast::flat_buffer buffer;

    request.version(11);
    request.method_string(method);
    request.target(path);
    request.set(http::field::host, where);
    request.set(http::field::authorization, "Bearer " + token);
    request.set(http::field::content_type, "application/json");
    request.set(http::field::connection, "close");
    request.body() = body;
    request.prepare_payload();

    const auto ip = asio::ip::make_address(address, result);
    if (result)
        return fail("controller.unreachable", where, "is not an address");
    // Timeouts of tcp_stream work with asynchronous operations only, hence this chain that runs to its end below.
    stream.expires_after(std::chrono::seconds(15));
    stream.async_connect(asio::ip::tcp::endpoint(ip, port), [&](beast::error_code ec) {
        result = ec;
        if (ec)
            return;
        http::async_write(stream, request, [&](beast::error_code written, std::size_t) {
            result = written;
            if (written)
                return;
            http::async_read(stream, buffer, response, [&](beast::error_code read, std::size_t) { result = read; });
        });
    });
    context.run();
    if (result)
        return fail("controller.unreachable", where, "the controller does not answer: " + result.message());
    return ClientAnswer{static_cast<int>(response.result_int()), std::move(response.body())};
}

} // namespace testudo::web
