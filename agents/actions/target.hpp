#pragma once
#include <boost/asio/ip/tcp.hpp>

#include "agents/actions/action.hpp"

namespace testudo::agents {

// The address that an action is aimed at: the request's own, else the parameter of that name; guarded.
Result<Address> target_of(const ActionRequest& request, const Reach& reach);
Result<std::uint16_t> port_of(const ActionRequest& request, std::int64_t fallback = 0);

// One TCP connection with a time limit; closed as soon as the holder lets go of it.
class Connection : public std::enable_shared_from_this<Connection> {
  public:
    explicit Connection(boost::asio::io_context& io) : socket_(io), timer_(io) {}

    // Connects and sends the bytes (if any). `answered` gets what came back, once `complete` says that it is enough or
    // the other side has closed; an empty `complete` waits for nothing. An error tells why the connection failed.
    void exchange(const Address& address, std::uint16_t port, std::string bytes, Millis timeout,
                  std::function<bool(const std::string&)> complete, std::function<void(Result<std::string>)> answered);

  private:
    void send();
    void read();
    void finish(Result<std::string> result);

    boost::asio::ip::tcp::socket socket_;
    boost::asio::steady_timer timer_;
    std::string bytes_;
    std::string answer_;
    std::array<char, 512> piece_;
    std::function<bool(const std::string&)> complete_;
    std::function<void(Result<std::string>)> answered_;
};

} // namespace testudo::agents
