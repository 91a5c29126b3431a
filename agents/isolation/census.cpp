#include "agents/isolation/census.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstring>
#include <memory>

#include "agents/isolation/card.hpp"
#include "agents/isolation/frames.hpp"
#include "agents/probes/reach.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;
namespace ip = asio::ip;
using Done = std::function<void(Result<Neighbours>)>;

constexpr std::size_t most_asked = 1'024;
constexpr std::size_t at_once = 64; // requests, so that no queue overflows
constexpr Millis pause{5};
constexpr std::size_t most_heard = 512; // a machine that invents addresses is found by the first of them
constexpr std::size_t ethernet = 14;

class Census : public std::enable_shared_from_this<Census> {
  public:
    Census(asio::io_context& io, Done done) : io_(io), card_(io), timer_(io), paced_(io), done_(std::move(done)) {}

    void begin(const CensusRequest& request) {
        if (const auto opened = card_.open(request.interface, false); !opened)
            return asio::post(
                io_, [keep = shared_from_this(), error = opened.error()] { keep->done_(tl::unexpected(error)); });
        prepare(request);
        timer_.expires_after(request.time);
        timer_.async_wait([keep = shared_from_this()](const boost::system::error_code&) { keep->finish(); });
        card_.listen([keep = shared_from_this()](std::string_view frame) { keep->take(frame); });
        send();
    }

  private:
    void prepare(const CensusRequest& request) {
        if (const auto network = Network::parse(request.ipv4); network && network->base().is_v4()) {
            const auto own = bytes_of(network->base());
            const auto first = network->base().to_v4().to_uint() & (~std::uint64_t{0} << network->host_bits());
            const auto all = std::min<std::uint64_t>(std::uint64_t{1} << network->host_bits(), most_asked);
            for (std::uint64_t i = 0; i < all; ++i)
                frames_.push_back(
                    arp_request(card_.mac(), own, bytes_of(ip::address_v4(static_cast<std::uint32_t>(first + i)))));
        }
        if (const auto network = Network::parse(request.ipv6); network && network->base().is_v6())
            frames_.push_back(echo_to_all(card_.mac(), bytes_of(network->base())));
    }

    void send() {
        for (std::size_t i = 0; i < at_once && next_ < frames_.size(); ++i, ++next_)
            card_.send(frames_[next_]);
        if (next_ == frames_.size())
            return;
        paced_.expires_after(pause);
        paced_.async_wait([keep = shared_from_this()](const boost::system::error_code& ec) {
            if (!ec)
                keep->send();
        });
    }

    void take(std::string_view frame) {
        if (frame.size() < ethernet)
            return;
        const auto mac = mac_text(frame.substr(6, 6));
        if (heard_.size() >= most_heard && !heard_.contains(mac))
            return;
        auto& addresses = heard_[mac];
        if (addresses.size() >= most_heard)
            return;
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
        card_.close();
        paced_.cancel();
        done_(std::move(heard_));
    }

    asio::io_context& io_;
    Card card_;
    asio::steady_timer timer_;
    asio::steady_timer paced_;
    Done done_;
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
