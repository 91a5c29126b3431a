#include "tests/web/raw_client.hpp"

#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace testudo::web {
namespace {

constexpr int patience_ms = 10'000;

bool readable(int fd, int ms) {
    pollfd p{fd, POLLIN, 0};
    return ::poll(&p, 1, ms) == 1;
}

} // namespace

RawClient::RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("cannot connect to the server under test");
}

RawClient::~RawClient() {
    ::close(fd_);
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

std::string RawClient::receive(bool head_only) {
    for (;;) {
        const auto end = buffer_.find("\r\n\r\n");
        if (end != buffer_.npos) {
            const auto length = field_of(buffer_, "Content-Length");
            const auto body = head_only || length.empty() ? 0 : std::stoul(length);
            if (buffer_.size() >= end + 4 + body) {
                auto answer = buffer_.substr(0, end + 4 + body);
                buffer_.erase(0, answer.size());
                return answer;
            }
        }
        std::array<char, 16384> chunk;
        if (!readable(fd_, patience_ms))
            throw std::runtime_error("the server under test says nothing");
        const auto n = ::recv(fd_, chunk.data(), chunk.size(), 0);
        if (n <= 0)
            return {};
        buffer_.append(chunk.data(), static_cast<std::size_t>(n));
    }
}

bool RawClient::closed_within(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    std::array<char, 16384> chunk;
    for (;;) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        if (left.count() <= 0 || !readable(fd_, static_cast<int>(left.count())))
            return false;
        if (::recv(fd_, chunk.data(), chunk.size(), 0) <= 0)
            return true;
    }
}

std::string ask(std::uint16_t port, std::string_view request) {
    RawClient client(port);
    client.send(request);
    return client.receive(request.starts_with("HEAD "));
}

std::string request_text(std::string_view method, std::string_view path, std::string_view token, std::string_view body,
                         std::string_view more_fields) {
    auto text = fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}", method, path, more_fields);
    if (!token.empty())
        text += fmt::format("Authorization: Bearer {}\r\n", token);
    if (!body.empty())
        text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
    return fmt::format("{}\r\n{}", text, body);
}

int status_of(std::string_view answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::stoi(std::string(answer.substr(9, 3))) : 0;
}

std::string body_of(std::string_view answer) {
    return std::string(answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4)));
}

std::string field_of(std::string_view answer, std::string_view name) {
    const auto head = answer.substr(0, answer.find("\r\n\r\n"));
    const auto line = fmt::format("\r\n{}: ", name);
    const auto at = head.find(line);
    if (at == head.npos)
        return {};
    const auto value = head.substr(at + line.size());
    return std::string(value.substr(0, value.find("\r\n")));
}

} // namespace testudo::web
