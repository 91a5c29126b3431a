#include "tests/agents/scripted_server.hpp"

#include <array>
#include <boost/asio/write.hpp>

namespace testudo::agents {

namespace asio = boost::asio;
using asio::ip::tcp;

class ScriptedServer::Client : public std::enable_shared_from_this<Client> {
  public:
    Client(tcp::socket socket, Script script) : socket_(std::move(socket)), script_(std::move(script)) {}

    void turn() {
        move_ = script_(received_);
        received_.erase(0, move_.forget);
        asio::async_write(socket_, asio::buffer(move_.send),
                          [keep = shared_from_this()](const boost::system::error_code& ec, std::size_t) {
                              if (ec || keep->move_.close)
                                  return keep->end();
                              keep->move_.flood ? keep->turn() : keep->read();
                          });
    }

  private:
    void read() {
        socket_.async_read_some(asio::buffer(piece_),
                                [keep = shared_from_this()](const boost::system::error_code& ec, std::size_t size) {
                                    if (ec)
                                        return keep->end();
                                    keep->received_.append(keep->piece_.data(), size);
                                    keep->turn();
                                });
    }
    void end() {
        boost::system::error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
    }

    tcp::socket socket_;
    Script script_;
    Move move_;
    std::string received_;
    std::array<char, 4096> piece_{};
};

ScriptedServer::ScriptedServer(asio::io_context& io, Script script)
    : acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), script_(std::move(script)) {
    accept();
}

void ScriptedServer::accept() {
    acceptor_.async_accept([this](const boost::system::error_code& ec, tcp::socket socket) {
        if (ec)
            return;
        ++clients_;
        std::make_shared<Client>(std::move(socket), script_)->turn();
        accept();
    });
}

ScriptedServer::Script ScriptedServer::answer(std::string question_end, std::string answer, bool close) {
    return [=](const std::string& received) {
        return received.find(question_end) == std::string::npos ? Move{} : Move{answer, close, false, received.size()};
    };
}

ScriptedServer::Script ScriptedServer::greet(std::string greeting, bool close) {
    return [=](const std::string& received) { return received.empty() ? Move{greeting, close, false, 0} : Move{}; };
}

ScriptedServer::Script ScriptedServer::silence() {
    return [](const std::string&) { return Move{}; };
}

} // namespace testudo::agents
