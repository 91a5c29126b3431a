#include "web/server/server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <future>
#include <thread>

#include "web/server/connection.hpp"
#include "web/server/desk.hpp"

namespace testudo::web {

namespace net = boost::asio;
using net::ip::tcp;
using ErrorCode = boost::system::error_code;

namespace {

// How often clients are looked at for being stalled.
constexpr std::chrono::milliseconds watch_period{250};
// When there are no file descriptors left, accepting again at once would spin.
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::seconds stop_patience{4};

} // namespace

struct Server::Engine {
    Engine(const Options& options, StaticFiles files, Backend& backend, Hub& hub)
        : desk(options.limits, backend, hub, std::move(files), gate), acceptor(io), accept_timer(io), watch_timer(io),
          heartbeat_timer(io) {
        gate->open(io);
    }

    Result<void> listen(const Options& options) {
        ErrorCode ec;
        const auto address = net::ip::make_address(options.address, ec);
        const auto where = fmt::format("{} port {}", options.address, options.port);
        if (ec)
            return fail("web.address", where, "is not an IP address to listen on");
        const tcp::endpoint endpoint(address, options.port);
        acceptor.open(endpoint.protocol(), ec);
        if (!ec)
            acceptor.set_option(net::socket_base::reuse_address(true), ec);
        if (!ec)
            acceptor.bind(endpoint, ec);
        if (!ec)
            acceptor.listen(net::socket_base::max_listen_connections, ec);
        if (ec)
            return fail("web.address", where, "cannot listen there: " + ec.message());
        port = acceptor.local_endpoint().port();
        return {};
    }

    void accept() {
        acceptor.async_accept([this](ErrorCode ec, tcp::socket socket) {
            if (ec == net::error::operation_aborted || !acceptor.is_open())
                return;
            if (ec) {
                accept_timer.expires_after(accept_pause);
                accept_timer.async_wait([this](ErrorCode cancelled) {
                    if (!cancelled)
                        accept();
                });
                return;
            }
            // Over the limit the socket is closed by going out of scope.
            if (desk.peers.size() < desk.limits.connections)
                serve_http(std::move(socket), desk);
            accept();
        });
    }

    void watch() {
        watch_timer.expires_after(watch_period);
        watch_timer.async_wait([this](ErrorCode cancelled) {
            if (cancelled)
                return;
            const auto now = std::chrono::steady_clock::now();
            desk.each_client([now](LiveClient& client) { client.check_stall(now); });
            watch();
        });
    }

    void beat() {
        heartbeat_timer.expires_after(desk.limits.heartbeat);
        heartbeat_timer.async_wait([this](ErrorCode cancelled) {
            if (cancelled)
                return;
            const auto frame = desk.heartbeat();
            desk.each_client([&frame](LiveClient& client) { client.beat(frame); });
            beat();
        });
    }

    void run() {
        accept();
        watch();
        beat();
        desk.hub.on_change([this] { gate->post([this] { desk.pump_changed(); }); });
        thread = std::thread([this] {
            while (!run_handlers()) {
            }
            ended.set_value();
        });
    }

    // What a handler throws ends its own connection, which nothing holds any more, and nobody else's.
    bool run_handlers() {
        try {
            io.run();
            return true;
        } catch (const std::exception& e) {
            fmt::print(stderr, "web server: {}\n", e.what());
            return false;
        }
    }

    void stop() {
        desk.hub.on_change({});
        gate->post([this] {
            ErrorCode ignored;
            acceptor.close(ignored);
            accept_timer.cancel();
            watch_timer.cancel();
            heartbeat_timer.cancel();
            const std::vector<Peer*> all(desk.peers.begin(), desk.peers.end());
            for (auto* peer : all)
                peer->shut_down();
        });
        // The thread ends by itself when the last connection is closed.
        if (ended.get_future().wait_for(stop_patience) == std::future_status::timeout)
            io.stop();
        thread.join();
        gate->shut();
        desk.forget_all();
    }

    // Connections that are still in the queue of the io_context go with it, and refer to the desk until then.
    const std::shared_ptr<Gate> gate = std::make_shared<Gate>();
    Desk desk;
    net::io_context io{1};
    tcp::acceptor acceptor;
    net::steady_timer accept_timer;
    net::steady_timer watch_timer;
    net::steady_timer heartbeat_timer;
    std::uint16_t port = 0;
    std::promise<void> ended;
    std::thread thread;
};

Server::Server(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

Result<std::unique_ptr<Server>> Server::start(const Options& options, Backend& backend, Hub& hub) {
    StaticFiles files;
    if (!options.ui_directory.empty()) {
        auto loaded = StaticFiles::load(options.ui_directory);
        if (!loaded)
            return tl::unexpected(loaded.error());
        files = std::move(*loaded);
    }
    auto engine = std::make_unique<Engine>(options, std::move(files), backend, hub);
    if (auto listening = engine->listen(options); !listening)
        return tl::unexpected(listening.error());
    engine->run();
    return std::unique_ptr<Server>(new Server(std::move(engine)));
}

Server::~Server() {
    engine_->stop();
}

std::uint16_t Server::port() const {
    return engine_->port;
}

void Server::set_domain_gauges(const DomainGauges& gauges) {
    engine_->desk.metrics.domain(gauges);
}

} // namespace testudo::web
