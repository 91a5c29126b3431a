#include "web/server/connection.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <fmt/format.h>

#include "web/server/live.hpp"
#include "web/server/problem.hpp"

namespace testudo::web {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using beast::iequals;

constexpr std::string_view live_path = "/api/v1/live";
constexpr std::size_t max_target = 2048;
// What a refused client may still send before we stop listening, so that it gets to read why.
constexpr std::size_t max_discarded = 256 * 1024;
constexpr std::chrono::seconds discard_time{2};

std::string_view view(beast::string_view s) {
    return {s.data(), s.size()};
}

// A client that takes less than this is not waited for.
std::chrono::seconds time_to_send(std::uint64_t bytes) {
    return std::chrono::seconds(30 + bytes / (32 * 1024));
}

// A line that begins with a space continues the field above: deprecated, and a way to hide a field from a proxy.
bool has_folded_line(std::string_view head) {
    return head.find("\n ") != head.npos || head.find("\n\t") != head.npos;
}

// NAME or NAME:PORT, and not a character more.
bool is_loopback_host(std::string_view host) {
    for (const std::string_view name : {"localhost", "127.0.0.1", "[::1]"}) {
        if (!host.starts_with(name))
            continue;
        const auto rest = host.substr(name.size());
        return rest.empty() ||
               (rest.size() > 1 && rest.find_first_not_of("0123456789", 1) == rest.npos && rest.front() == ':');
    }
    return false;
}

class Connection final : public Peer, public std::enable_shared_from_this<Connection> {
  public:
    Connection(net::ip::tcp::socket socket, Desk& desk)
        : stream_(std::move(socket)), answer_timer_(stream_.get_executor()), desk_(desk) {
        beast::error_code ignored;
        const auto remote = stream_.socket().remote_endpoint(ignored).address();
        remote_ = remote.to_string();
        from_loopback_ = remote.is_loopback();
        stream_.socket().set_option(net::ip::tcp::no_delay(true), ignored);
        desk_.peers.insert(this);
    }

    ~Connection() override { desk_.peers.erase(this); }

    // The first request has to come at once; the next ones may take the idle time to begin.
    void start() {
        stream_.expires_after(desk_.limits.header);
        read_head();
    }

    void shut_down() override {
        if (ticket_ != 0)
            desk_.forget(ticket_);
        answer_timer_.cancel();
        stream_.close();
    }

  private:
    // Collects a whole header before anything is parsed. That makes its length and its time easy to bound, and leaves
    // the bytes as they were sent to look at.
    void read_head() {
        const auto seen = std::string_view(static_cast<const char*>(buffer_.data().data()), buffer_.size());
        const auto end = seen.find("\r\n\r\n");
        if (end != seen.npos && end + 4 <= desk_.limits.header_bytes)
            return on_head(seen.substr(0, end + 4));
        if (seen.size() >= desk_.limits.header_bytes)
            return refuse(431, fmt::format("The header is longer than {} bytes.", desk_.limits.header_bytes));
        const bool first_bytes = seen.empty();
        stream_.async_read_some(buffer_.prepare(4096),
                                [self = shared_from_this(), first_bytes](beast::error_code ec, std::size_t size) {
                                    if (ec)
                                        return self->close();
                                    if (first_bytes)
                                        self->stream_.expires_after(self->desk_.limits.header);
                                    self->buffer_.commit(size);
                                    self->read_head();
                                });
    }

    void on_head(std::string_view head) {
        keep_alive_ = false;
        is_head_ = false;
        if (has_folded_line(head))
            return refuse(400, "A header field may not span lines.");
        parser_.emplace();
        parser_->header_limit(static_cast<std::uint32_t>(desk_.limits.header_bytes));
        parser_->body_limit(desk_.limits.body_bytes);
        beast::error_code ec;
        const auto used = parser_->put(net::buffer(head.data(), head.size()), ec);
        if (ec == http::error::body_limit)
            return refuse_body();
        if (ec == http::error::bad_version)
            return refuse(505, "Only HTTP/1.1 is spoken here.");
        if (ec || !parser_->is_header_done())
            return refuse(400, "This is not an HTTP request.");
        // Kept for the WebSocket handshake, which reads it again.
        head_.assign(head.substr(0, used));
        buffer_.consume(used);
        check();
    }

    // Everything that is decided from the header alone, in the order in which it must be.
    void check() {
        const auto& fields = parser_->get();
        is_head_ = fields.method() == http::verb::head;
        // Trailers of a chunked body would be merged into the header fields; nobody who speaks to us needs one.
        if (fields.count(http::field::transfer_encoding) != 0)
            return refuse(400, "Transfer-Encoding is not accepted; send Content-Length.");
        if (fields.count(http::field::host) != 1)
            return refuse(400, "There must be exactly one Host.");
        if (fields.count(http::field::authorization) > 1)
            return refuse(400, "There may be only one Authorization.");
        if (fields.target().size() > max_target)
            return refuse(414, fmt::format("The address is longer than {} bytes.", max_target));
        if (!fields.target().starts_with('/'))
            return refuse(400, "The request target must be a path.");
        if (fields.method() == http::verb::unknown)
            return refuse(501, "The method is not known.");
        keep_alive_ = fields.keep_alive() && parser_->content_length().value_or(0) == 0;

        const auto target = view(fields.target());
        const auto question = target.find('?');
        const auto path = target.substr(0, question);
        if (path == live_path)
            return upgrade();
        if (path == "/metrics")
            return send_metrics();
        if (path == "/api" || path.starts_with("/api/"))
            return sign_in(std::string(path), question == target.npos ? "" : std::string(target.substr(question + 1)));
        send_page(path);
    }

    void upgrade() {
        const auto& fields = parser_->get();
        if (fields.method() != http::verb::get)
            return refuse_method("GET");
        if (!beast::websocket::is_upgrade(fields)) {
            auto response = problem(426, "This address speaks WebSocket only.");
            response.headers = {{"Upgrade", "websocket"}};
            return send(std::move(response));
        }
        // A page of another origin may open a WebSocket to us from a browser that can reach us. Programs send no
        // Origin.
        const auto origin = fields.find(http::field::origin);
        if (origin != fields.end()) {
            const auto host = fields[http::field::host];
            const auto value = view(origin->value());
            const auto rest = value.substr(std::min(value.size(), value.find("://") + 3));
            if (!(value.starts_with("http://") || value.starts_with("https://")) ||
                !iequals({rest.data(), rest.size()}, host))
                return refuse(403, "The live view is for pages of this server only.");
        }
        head_.append(static_cast<const char*>(buffer_.data().data()), buffer_.size());
        stream_.expires_never();
        serve_live(stream_.release_socket(), std::move(head_), remote_, desk_);
    }

    std::string_view bearer() const {
        const auto value = view(parser_->get()[http::field::authorization]);
        constexpr std::string_view scheme = "bearer ";
        if (value.size() > scheme.size() && iequals({value.data(), scheme.size()}, {scheme.data(), scheme.size()}))
            return value.substr(scheme.size());
        return {};
    }

    // The caller of this request; if there is none, the request has been answered.
    std::optional<Caller> caller() {
        const auto token = bearer();
        if (token.empty() && parser_->get().count(http::field::authorization) != 0) {
            refuse_token("Sign in with Authorization: Bearer TOKEN.");
            return std::nullopt;
        }
        bool limited = false;
        auto found = desk_.sign_in(token, remote_, limited);
        if (!found && limited)
            refuse(429, "Too many failed sign-ins from this address; wait a few seconds.");
        else if (!found)
            refuse_token(token.empty() ? "Sign in with Authorization: Bearer TOKEN."
                                       : "This token is not known here. Ask for a new sign-in link.");
        return found;
    }

    void send_metrics() {
        const auto& fields = parser_->get();
        if (fields.method() != http::verb::get && fields.method() != http::verb::head)
            return refuse_method("GET, HEAD");
        // What a proxy on this machine forwards comes from loopback too, but not for a loopback name, or it says so.
        const bool local = from_loopback_ && is_loopback_host(view(fields[http::field::host])) &&
                           fields.count("X-Forwarded-For") == 0 && fields.count(http::field::forwarded) == 0 &&
                           fields.count(http::field::via) == 0;
        if (!local) {
            const auto who = caller();
            if (!who)
                return;
            if (who->role != Role::white)
                return refuse(403, "The metrics are for the white team.");
        }
        ApiResponse response;
        response.content_type = "text/plain; version=0.0.4; charset=utf-8";
        response.body = desk_.scrape();
        send(std::move(response));
    }

    void send_page(std::string_view path) {
        const auto& fields = parser_->get();
        if (fields.method() != http::verb::get && fields.method() != http::verb::head)
            return refuse_method("GET, HEAD");
        const auto* file = desk_.files.find(path);
        if (!file)
            return send(problem(404, "There is no such page."));
        auto response = head_of(200, file->content_type, file->cache_control);
        response.body() = {file->bytes.data(), file->bytes.size()};
        response.prepare_payload();
        write(std::move(response), file->bytes.size());
    }

    void sign_in(std::string path, std::string query) {
        const auto& fields = parser_->get();
        auto who = caller();
        if (!who)
            return;
        ApiRequest request;
        request.method = is_head_ ? "GET" : std::string(view(fields.method_string()));
        request.path = std::move(path);
        request.query = std::move(query);
        request.caller = std::move(*who);
        request.idempotency_key = std::string(view(fields["Idempotency-Key"]));
        request.remote = remote_;
        if (parser_->content_length().value_or(0) == 0)
            return ask(std::move(request));
        if (request.method != "POST")
            return refuse(400, "Only a POST may have a body.");
        const auto type = view(fields[http::field::content_type]);
        const auto media = type.substr(0, type.find(';'));
        if (!iequals({media.data(), media.size()}, "application/json"))
            return refuse(415, "The body must be application/json.");
        if (fields.count(http::field::expect) == 0)
            return read_body(std::move(request));
        if (!iequals(fields[http::field::expect], "100-continue"))
            return refuse(417, "Only 100-continue can be expected.");
        stream_.expires_after(desk_.limits.body);
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        net::async_write(
            stream_, net::buffer(go_on),
            [self = shared_from_this(), request = std::move(request)](beast::error_code ec, std::size_t) mutable {
                if (ec)
                    return self->close();
                self->read_body(std::move(request));
            });
    }

    void read_body(ApiRequest request) {
        stream_.expires_after(desk_.limits.body);
        http::async_read(
            stream_, buffer_, *parser_,
            [self = shared_from_this(), request = std::move(request)](beast::error_code ec, std::size_t) mutable {
                if (ec == http::error::body_limit)
                    return self->refuse_body();
                if (ec)
                    return self->close();
                self->keep_alive_ = self->parser_->get().keep_alive();
                request.body = std::move(self->parser_->get().body());
                self->ask(std::move(request));
            });
    }

    void ask(ApiRequest request) {
        stream_.expires_never();
        answer_timer_.expires_after(desk_.limits.answer);
        answer_timer_.async_wait([self = shared_from_this()](beast::error_code ec) {
            if (ec || self->ticket_ == 0)
                return;
            self->desk_.forget(self->ticket_);
            self->ticket_ = 0;
            self->send(problem(504, "The exercise did not answer in time; it may still have done what was asked."));
        });
        ticket_ = desk_.ask(std::move(request), [self = shared_from_this()](ApiResponse response) {
            self->ticket_ = 0;
            self->answer_timer_.cancel();
            self->send(std::move(response));
        });
    }

    // A refusal ends the connection: what follows may be a body that nobody wants.
    void refuse(int status, std::string_view detail) {
        keep_alive_ = false;
        send(problem(status, detail));
    }

    void refuse_body() { refuse(413, fmt::format("The body is longer than {} bytes.", desk_.limits.body_bytes)); }

    void refuse_method(std::string_view allowed) {
        keep_alive_ = false;
        auto response = problem(405, "This address does not take that method.");
        response.headers = {{"Allow", std::string(allowed)}};
        send(std::move(response));
    }

    void refuse_token(std::string_view detail) {
        keep_alive_ = false;
        auto response = problem(401, detail);
        response.headers = {{"WWW-Authenticate", "Bearer"}};
        send(std::move(response));
    }

    using Span = http::span_body<const char>;

    template <class Body = Span>
    http::response<Body> head_of(int status, std::string_view content_type, std::string_view cache_control) {
        http::response<Body> response;
        response.version(11);
        response.result(static_cast<unsigned>(status));
        const auto reason = reason_of(status);
        response.reason({reason.data(), reason.size()});
        const auto set = [&response](auto name, std::string_view value) {
            response.set(name, beast::string_view(value.data(), value.size()));
        };
        set(http::field::content_type, content_type);
        set(http::field::cache_control, cache_control);
        set("Content-Security-Policy",
            "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        set("X-Content-Type-Options", "nosniff");
        set("Referrer-Policy", "no-referrer");
        set("Cross-Origin-Opener-Policy", "same-origin");
        set("Cross-Origin-Resource-Policy", "same-origin");
        response.keep_alive(keep_alive_);
        desk_.metrics.answered(status);
        return response;
    }

    void send(ApiResponse answer) {
        if (answer.file)
            return send_file(answer);
        auto response = head_of(answer.status, answer.content_type, "no-store");
        for (const auto& [name, value] : answer.headers)
            response.set(name, value);
        body_ = std::move(answer.body);
        response.body() = {body_.data(), body_.size()};
        response.prepare_payload();
        write(std::move(response), body_.size());
    }

    void send_file(const ApiResponse& answer) {
        http::file_body::value_type file;
        beast::error_code ec;
        file.open(answer.file->c_str(), beast::file_mode::scan, ec);
        if (ec)
            return send(problem(500, "The file cannot be read."));
        const auto size = file.size();
        auto response = head_of<http::file_body>(answer.status, answer.content_type, "no-store");
        response.set(http::field::content_disposition, fmt::format("attachment; filename=\"{}\"", answer.file_name));
        response.body() = std::move(file);
        response.prepare_payload();
        write(std::move(response), size);
    }

    template <class Body> void write(http::response<Body> response, std::uint64_t size) {
        stream_.expires_after(time_to_send(size));
        const auto message = std::make_shared<http::response<Body>>(std::move(response));
        const auto serializer = std::make_shared<http::response_serializer<Body>>(*message);
        auto sent = [self = shared_from_this(), message, serializer](beast::error_code ec, std::size_t) {
            if (ec)
                return self->close();
            self->on_sent();
        };
        if (is_head_)
            http::async_write_header(stream_, *serializer, std::move(sent));
        else
            http::async_write(stream_, *serializer, std::move(sent));
    }

    void on_sent() {
        parser_.reset();
        body_.clear();
        if (!keep_alive_)
            return discard();
        stream_.expires_after(buffer_.size() == 0 ? desk_.limits.idle : desk_.limits.header);
        read_head();
    }

    // Closing with unread bytes would reset the connection and might take our answer from the client.
    void discard() {
        beast::error_code ignored;
        stream_.socket().shutdown(net::ip::tcp::socket::shutdown_send, ignored);
        stream_.expires_after(discard_time);
        discard_more(max_discarded);
    }

    void discard_more(std::size_t left) {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(16 * 1024),
                                [self = shared_from_this(), left](beast::error_code ec, std::size_t size) {
                                    if (ec || size >= left)
                                        return self->close();
                                    self->discard_more(left - size);
                                });
    }

    void close() { stream_.close(); }

    beast::tcp_stream stream_;
    net::steady_timer answer_timer_;
    Desk& desk_;
    std::string remote_;
    bool from_loopback_ = false;
    beast::flat_buffer buffer_;
    std::string head_; // of the present request, as sent
    std::optional<http::request_parser<http::string_body>> parser_;
    std::uint64_t ticket_ = 0; // of the question that the backend has not answered yet
    bool keep_alive_ = false;  // after the present request
    bool is_head_ = false;
    std::string body_; // of the answer that is being sent
};

} // namespace

void serve_http(net::ip::tcp::socket socket, Desk& desk) {
    std::make_shared<Connection>(std::move(socket), desk)->start();
}

} // namespace testudo::web
