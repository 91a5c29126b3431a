#include "agents/isolation/census.hpp"

#include <array>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agents/probes/reach.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;
namespace ip = asio::ip;
using Done = std::function<void(Result<Neighbours>)>;

constexpr std::size_t most_asked = 1'024;
constexpr std::size_t at_once = 64; // requests, so that no queue overflows
constexpr Millis pause{5};
constexpr std::size_t ethernet = 14;

std::string bytes_of(const ip::address& address) {
    const auto raw = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
    return address.is_v4() ? raw(address.to_v4().to_bytes()) : raw(address.to_v6().to_bytes());
}

std::string mac_text(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (!out.empty())
            out += ':';
        out += digits[byte >> 4];
        out += digits[byte & 0xf];
    }
    return out;
}

std::string in_network_order(unsigned value) {
    return {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
}

std::string arp_request(const std::string& mac, const std::string& own, const std::string& wanted) {
    return std::string(6, '\xff') + mac + std::string("\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10) + mac + own +
           std::string(6, '\0') + wanted;
}

// RFC 4443: the checksum covers a pseudo header of both addresses, length and protocol.
std::string echo_to_all(const std::string& mac, const std::string& own) {
    const auto all = bytes_of(ip::make_address("ff02::1"));
    std::string message("\x80\x00\x00\x00\x7e\x57\x00\x01", 8);
    const auto covered = own + all + std::string("\x00\x00\x00\x08\x00\x00\x00\x3a", 8) + message;
    unsigned sum = 0;
    for (std::size_t i = 0; i < covered.size(); i += 2)
        sum += static_cast<unsigned>(static_cast<unsigned char>(covered[i])) << 8 |
               static_cast<unsigned char>(covered[i + 1]);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    message.replace(2, 2, in_network_order(~sum & 0xffff));
    return std::string("\x33\x33\x00\x00\x00\x01", 6) + mac +
           std::string("\x86\xdd\x60\x00\x00\x00\x00\x08\x3a\x01", 10) + own + all + message;
}

class Census : public std::enable_shared_from_this<Census> {
  public:
    Census(asio::io_context& io, Done done) : socket_(io), timer_(io), paced_(io), done_(std::move(done)) {}

    void begin(const CensusRequest& request) {
        if (const auto opened = open(request.interface); !opened)
            return asio::post(socket_.get_executor(), [keep = shared_from_this(), error = opened.error()] {
                keep->done_(tl::unexpected(error));
            });
        prepare(request);
        timer_.expires_after(request.time);
        timer_.async_wait([keep = shared_from_this()](const boost::system::error_code&) { keep->finish(); });
        listen();
        send();
    }

  private:
    Result<void> open(const std::string& interface) {
        const int file = ::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
        if (file < 0)
            return fail("failed", interface, std::strerror(errno));
        socket_.assign(file);
        sockaddr_ll self{};
        self.sll_family = AF_PACKET;
        self.sll_protocol = htons(ETH_P_ALL);
        self.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
        socklen_t size = sizeof self;
        if (self.sll_ifindex == 0 || ::bind(file, reinterpret_cast<sockaddr*>(&self), size) != 0 ||
            ::getsockname(file, reinterpret_cast<sockaddr*>(&self), &size) != 0)
            return fail("failed", interface, std::strerror(errno));
        mac_.assign(reinterpret_cast<const char*>(self.sll_addr), 6);
        return {};
    }

    void prepare(const CensusRequest& request) {
        if (const auto network = Network::parse(request.ipv4); network && network->base().is_v4()) {
            const auto own = bytes_of(network->base());
            const auto first = network->base().to_v4().to_uint() & (~std::uint64_t{0} << network->host_bits());
            const auto all = std::min<std::uint64_t>(std::uint64_t{1} << network->host_bits(), most_asked);
            for (std::uint64_t i = 0; i < all; ++i)
                frames_.push_back(
                    arp_request(mac_, own, bytes_of(ip::address_v4(static_cast<std::uint32_t>(first + i)))));
        }
        if (const auto network = Network::parse(request.ipv6); network && network->base().is_v6())
            frames_.push_back(echo_to_all(mac_, bytes_of(network->base())));
    }

    void send() {
        for (std::size_t i = 0; i < at_once && next_ < frames_.size(); ++i, ++next_)
            (void)::send(socket_.native_handle(), frames_[next_].data(), frames_[next_].size(), 0);
        if (next_ == frames_.size())
            return;
        paced_.expires_after(pause);
        paced_.async_wait([keep = shared_from_this()](const boost::system::error_code& ec) {
            if (!ec)
                keep->send();
        });
    }

    void listen() {
        socket_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [keep = shared_from_this()](const boost::system::error_code& ec) {
                               if (ec)
                                   return;
                               keep->read();
                               keep->listen();
                           });
    }

    void read() {
        std::array<char, 2'048> buffer{};
        sockaddr_ll from{};
        for (socklen_t size = sizeof from;; size = sizeof from) {
            const auto got = ::recvfrom(socket_.native_handle(), buffer.data(), buffer.size(), 0,
                                        reinterpret_cast<sockaddr*>(&from), &size);
            if (got < 0)
                return;
            if (from.sll_pkttype != PACKET_OUTGOING)
                take({buffer.data(), static_cast<std::size_t>(got)});
        }
    }

    void take(std::string_view frame) {
        if (frame.size() < ethernet)
            return;
        auto& addresses = heard_[mac_text(frame.substr(6, 6))];
        const auto kind = frame.substr(12, 2);
        frame.remove_prefix(ethernet);
        if (kind == std::string_view("\x08\x06", 2) && frame.size() >= 28) {
            ip::address_v4::bytes_type bytes{};
            std::memcpy(bytes.data(), frame.data() + 14, bytes.size());
            addresses.insert(ip::address_v4(bytes).to_string());
        }
        if (kind == std::string_view("\x86\xdd", 2) && frame.size() > 40 && frame[6] == '\x3a' && frame[40] == '\x81') {
            ip::address_v6::bytes_type bytes{};
            std::memcpy(bytes.data(), frame.data() + 8, bytes.size());
            addresses.insert(ip::address_v6(bytes).to_string());
        }
    }

    void finish() {
        boost::system::error_code ignored;
        socket_.close(ignored);
        paced_.cancel();
        done_(std::move(heard_));
    }

    asio::posix::stream_descriptor socket_;
    asio::steady_timer timer_;
    asio::steady_timer paced_;
    Done done_;
    std::string mac_;
    std::vector<std::string> frames_;
    std::size_t next_ = 0;
    Neighbours heard_;
};

} // namespace

Result<CensusRequest> census_from_json(const json::object& body) {
    CensusRequest request{text_or(body, "interface"), text_or(body, "ipv4"), text_or(body, "ipv6"),
                          Millis(int_or(body, "time_ms", 1'500))};
    if (request.interface.empty() || request.time < Millis(100) || request.time > Millis(5'000))
        return fail("refused.params", "census", "an interface, and from 100 to 5000 ms");
    return request;
}

void census(asio::io_context& io, const CensusRequest& request, Done done) {
    std::make_shared<Census>(io, std::move(done))->begin(request);
}

} // namespace testudo::agents
