#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>
#include <string>

namespace testudo::agents {

// A TCP server on the loopback, as good or as bad as its script. The script gets everything that a client has sent so
// far (empty at first) and says what happens next.
class ScriptedServer {
  public:
    struct Move {
        std::string send;
        bool close = false;     // afterwards
        bool flood = false;     // sends `send` again and again instead of waiting for the client
        std::size_t forget = 0; // bytes of what was received that later calls do not see
    };
    using Script = std::function<Move(const std::string& received)>;

    ScriptedServer(boost::asio::io_context& io, Script script);
    // Answers one question, once it is complete, and closes if told to.
    static Script answer(std::string question_end, std::string answer, bool close = true);
    static Script greet(std::string greeting, bool close = false);
    static Script silence();

    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    int clients() const { return clients_; }

  private:
    class Client;
    void accept();

    boost::asio::ip::tcp::acceptor acceptor_;
    Script script_;
    int clients_ = 0;
};

} // namespace testudo::agents
