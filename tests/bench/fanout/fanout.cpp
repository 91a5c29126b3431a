// How long a change takes to reach the last of many browsers, against the least that it could take: a thread that is
// woken and write()s the same bytes to the same number of loopback sockets in a plain loop.
//
//     bench_fanout [clients [bytes [rounds]]]        500 clients, 1024 bytes, 200 rounds unless told
//
// Exits with 1 if a round takes too long, so a script may rely on its end.

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <fmt/format.h>
#include <functional>
#include <mutex>
#include <netinet/tcp.h>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "web/server/server.hpp"

using namespace testudo;
using Clock = std::chrono::steady_clock;

namespace {

constexpr int patience_ms = 5000;
constexpr int quiet_ms = 1000;

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0 || ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect");
    return fd;
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0)
            throw std::runtime_error("cannot write");
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

// Many sockets and how many bytes each still has to receive.
class Readers {
  public:
    Readers() : epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}
    ~Readers() {
        for (const int fd : fds_)
            ::close(fd);
        ::close(epoll_);
    }
    void add(int fd) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = fds_.size();
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
        fds_.push_back(fd);
        left_.push_back(0);
    }
    // Returns when every socket has received that many bytes.
    void await(std::size_t bytes) {
        std::fill(left_.begin(), left_.end(), bytes);
        auto open = fds_.size();
        std::array<epoll_event, 256> events;
        std::array<char, 65536> chunk;
        while (open > 0) {
            const int n = ::epoll_wait(epoll_, events.data(), events.size(), patience_ms);
            if (n <= 0)
                throw std::runtime_error(fmt::format("{} of {} clients were not served in time", open, fds_.size()));
            for (int i = 0; i < n; ++i) {
                const auto index = events[static_cast<std::size_t>(i)].data.u64;
                const auto got = ::recv(fds_[index], chunk.data(), chunk.size(), MSG_DONTWAIT);
                if (got <= 0 || static_cast<std::size_t>(got) > left_[index])
                    throw std::runtime_error("a client was cut off or sent too much");
                left_[index] -= static_cast<std::size_t>(got);
                open -= left_[index] == 0;
            }
        }
    }
    // Takes what comes until it is quiet for a moment; returns how much the first socket received.
    std::size_t drain() {
        std::size_t first = 0;
        std::array<epoll_event, 256> events;
        std::array<char, 65536> chunk;
        int n = 0;
        while ((n = ::epoll_wait(epoll_, events.data(), events.size(), quiet_ms)) > 0)
            for (int i = 0; i < n; ++i) {
                const auto index = events[static_cast<std::size_t>(i)].data.u64;
                const auto got = ::recv(fds_[index], chunk.data(), chunk.size(), MSG_DONTWAIT);
                if (got <= 0)
                    throw std::runtime_error("a client was cut off");
                if (index == 0)
                    first += static_cast<std::size_t>(got);
            }
        return first;
    }
    int last() const { return fds_.back(); }

  private:
    int epoll_;
    std::vector<int> fds_;
    std::vector<std::size_t> left_;
};

// Everybody is the white team.
struct OpenDoor final : web::Backend {
    std::optional<web::Caller> authenticate(std::string_view) override { return web::Caller{web::Role::white, "", ""}; }
    void call(web::ApiRequest, std::function<void(web::ApiResponse)>) override {}
};

std::string masked_text_frame(const std::string& text) {
    // A mask of zeros leaves the bytes as they are.
    return std::string("\x81") + static_cast<char>(0x80 | text.size()) + std::string(4, '\0') + text;
}

// The whole way: publish, the hub, the server's thread, WebSocket, the client's socket. The patch has the given size.
class ThroughTheServer {
  public:
    ThroughTheServer(int clients, std::size_t bytes)
        : view_(std::make_shared<const json::object>(json::object{{"text", std::string(10 * bytes, 'v')}})),
          patch_{{"text", std::string(bytes, 'x')}} {
        web::Options options;
        options.limits.connections = 100'000;
        options.limits.heartbeat = std::chrono::hours(1);
        auto started = web::Server::start(options, backend_, hub_);
        if (!started)
            throw std::runtime_error(started.error().text());
        server_ = std::move(*started);
        publish(0);
        for (int i = 0; i < clients; ++i) {
            readers_.add(connect_to(server_->port()));
            write_all(readers_.last(),
                      "GET /api/v1/live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
            std::array<char, 4096> answer;
            if (::recv(readers_.last(), answer.data(), answer.size(), 0) <= 0)
                throw std::runtime_error("the handshake failed");
            write_all(readers_.last(), masked_text_frame(R"({"type":"subscribe","token":"t"})"));
        }
        readers_.drain();
        publish(seq_);
        frame_bytes_ = readers_.drain();
    }
    std::size_t frame_bytes() const { return frame_bytes_; }
    void round() {
        publish(seq_);
        readers_.await(frame_bytes_);
    }

  private:
    void publish(std::uint64_t from) {
        web::Publication p;
        p.at = {"e", ++seq_};
        p.from = from;
        p.view = view_;
        p.patch = patch_;
        p.event_at = Clock::now();
        hub_.publish("white", std::move(p));
    }

    OpenDoor backend_;
    web::Hub hub_;
    std::unique_ptr<web::Server> server_;
    std::uint64_t seq_ = 1'000'000; // frames of equal length
    const std::shared_ptr<const json::object> view_;
    const json::object patch_;
    Readers readers_;
    std::size_t frame_bytes_ = 0;
};

// The floor: as many sockets, as many bytes, one thread that is woken and writes.
class PlainLoop {
  public:
    PlainLoop(int clients, std::size_t bytes) : frame_(bytes, 'x') {
        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener, 1024) != 0 ||
            ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("cannot listen");
        for (int i = 0; i < clients; ++i) {
            readers_.add(connect_to(ntohs(address.sin_port)));
            writers_.push_back(::accept(listener, nullptr, nullptr));
            const int on = 1;
            ::setsockopt(writers_.back(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        }
        ::close(listener);
        thread_ = std::thread([this] { run(); });
    }
    ~PlainLoop() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        wake_.notify_one();
        thread_.join();
        for (const int fd : writers_)
            ::close(fd);
    }
    void round() {
        {
            const std::lock_guard lock(mutex_);
            ++wanted_;
        }
        wake_.notify_one();
        readers_.await(frame_.size());
    }

  private:
    void run() {
        for (int done = 0;; ++done) {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [&] { return over_ || wanted_ > done; });
            if (over_)
                return;
            lock.unlock();
            for (const int fd : writers_)
                write_all(fd, frame_);
        }
    }

    const std::string frame_;
    Readers readers_;
    std::vector<int> writers_;
    std::mutex mutex_;
    std::condition_variable wake_;
    int wanted_ = 0;
    bool over_ = false;
    std::thread thread_;
};

double time_us(const std::function<void()>& act) {
    const auto begin = Clock::now();
    act();
    return std::chrono::duration<double, std::micro>(Clock::now() - begin).count();
}

// Least, median and 95th percentile.
std::array<double, 3> summary(std::vector<double> samples) {
    std::sort(samples.begin(), samples.end());
    return {samples.front(), samples[samples.size() / 2], samples[samples.size() * 95 / 100]};
}

int argument(int argc, char** argv, int index, int fallback, int most) {
    return std::clamp(index < argc ? std::atoi(argv[index]) : fallback, 1, most);
}

} // namespace

int main(int argc, char** argv) {
    const int clients = argument(argc, argv, 1, 500, 4000);
    const int bytes = argument(argc, argv, 2, 1024, 1024 * 1024);
    const int rounds = argument(argc, argv, 3, 200, 2000);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    try {
        ThroughTheServer server(clients, static_cast<std::size_t>(bytes));
        PlainLoop loop(clients, server.frame_bytes());
        // By turns, so that whatever else the machine does falls on both.
        std::vector<double> by_server;
        std::vector<double> by_loop;
        for (int i = 0; i < rounds; ++i) {
            by_server.push_back(time_us([&] { server.round(); }));
            by_loop.push_back(time_us([&] { loop.round(); }));
        }
        const auto above = summary(by_server);
        const auto floor = summary(by_loop);
        fmt::print("{} clients, frames of {} bytes, {} rounds; from the event to the last client, in us:\n", clients,
                   server.frame_bytes(), rounds);
        fmt::print("                  least     median        p95\n");
        fmt::print("  server     {:10.0f} {:10.0f} {:10.0f}\n", above[0], above[1], above[2]);
        fmt::print("  write loop {:10.0f} {:10.0f} {:10.0f}\n", floor[0], floor[1], floor[2]);
        fmt::print("  ratio      {:10.2f} {:10.2f} {:10.2f}\n", above[0] / floor[0], above[1] / floor[1],
                   above[2] / floor[2]);
    } catch (const std::exception& e) {
        fmt::print(stderr, "{}\n", e.what());
        return 1;
    }
    return 0;
}
