#include <boost/asio/ip/icmp.hpp>

#include "agents/probes/probe_kinds.hpp"
#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;
using asio::ip::icmp;

constexpr std::size_t header = 8; // type, code, checksum, identifier, sequence number

class IcmpProbe final : public Probe {
  public:
    IcmpProbe(asio::io_context& io, ProbeRequest request, ProbeDone done)
        : Probe(io, std::move(request), std::move(done)), socket_(io), again_(io), token_(random_hex(16)) {}

  private:
    void begin() override {
        boost::system::error_code ec;
        const icmp::endpoint to(request_.address, 0);
        socket_.open(to.protocol(), ec);
        if (!ec)
            socket_.connect(to, ec); // only what comes from the target is delivered
        if (ec)
            return finish_unreachable(ec);
        ask();
        listen();
    }

    void stop() override {
        boost::system::error_code ignored;
        socket_.close(ignored);
        again_.cancel();
    }

    // An echo may be lost (the first one often is, to address resolution), so it is sent three times.
    void ask() {
        std::string echo(header, '\0');
        echo[0] = request_.address.is_v4() ? '\x08' : '\x80';
        echo[7] = static_cast<char>(++sequence_);
        echo += token_;
        const auto sum = checksum(echo); // over ICMPv6 the kernel makes it
        echo[2] = static_cast<char>(sum >> 8);
        echo[3] = static_cast<char>(sum & 0xff);
        boost::system::error_code ec;
        socket_.send(asio::buffer(echo), 0, ec);
        if (ec && ec != asio::error::connection_refused && ec != asio::error::would_block)
            return finish_unreachable(ec);
        if (sequence_ == 3)
            return;
        again_.expires_after(request_.timeout / 3);
        again_.async_wait([this, keep = shared_from_this()](const boost::system::error_code& waited) {
            if (!waited && !finished())
                ask();
        });
    }

    void listen() {
        socket_.async_receive(asio::buffer(packet_),
                              [this, keep = shared_from_this()](const boost::system::error_code& ec, std::size_t size) {
                                  if (finished())
                                      return;
                                  if (ec)
                                      return finish_unreachable(ec);
                                  if (is_reply(std::string_view(packet_.data(), size))) {
                                      connected();
                                      return pass();
                                  }
                                  listen();
                              });
    }

    bool is_reply(std::string_view packet) const {
        if (request_.address.is_v4()) { // comes with its IP header
            const auto length = packet.empty() ? 0 : static_cast<std::size_t>(packet[0] & 0x0f) * 4;
            if (length < 20 || packet.size() < length)
                return false;
            packet.remove_prefix(length);
        }
        const char reply = request_.address.is_v4() ? '\x00' : '\x81';
        return packet.size() == header + token_.size() && packet[0] == reply && packet.substr(header) == token_;
    }

    static unsigned checksum(std::string_view data) {
        unsigned sum = 0;
        for (std::size_t i = 0; i + 1 < data.size(); i += 2)
            sum += static_cast<unsigned>(static_cast<unsigned char>(data[i])) << 8 |
                   static_cast<unsigned char>(data[i + 1]);
        while (sum >> 16 != 0)
            sum = (sum & 0xffff) + (sum >> 16);
        return ~sum & 0xffff;
    }

    icmp::socket socket_;
    asio::steady_timer again_;
    std::string token_; // random, so that another probe's replies are not taken for ours
    int sequence_ = 0;
    std::array<char, 2048> packet_;
};

} // namespace

MadeProbe make_icmp_probe(asio::io_context& io, ProbeRequest request, ProbeDone done) {
    return std::make_shared<IcmpProbe>(io, std::move(request), std::move(done));
}

} // namespace testudo::agents
