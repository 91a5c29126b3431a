#include <algorithm>
#include <charconv>

#include "agents/actions/action_kinds.hpp"
#include "agents/actions/target.hpp"

namespace testudo::agents {
namespace {

constexpr std::size_t most_pairs = 1024;
constexpr std::size_t at_once = 128;
constexpr Millis patience{1'500};

struct Pair {
    Address address;
    std::uint16_t port;
};

Result<std::vector<std::uint16_t>> ports_of(const json::object& params) {
    std::vector<std::uint16_t> ports;
    for (const auto& v : array_or_empty(params, "ports")) {
        json::error_code ec;
        const auto port = v.to_number<std::int64_t>(ec);
        if (ec || port < 1 || port > 65535)
            return fail("refused.params", "ports", "a list of ports from 1 to 65535");
        ports.push_back(static_cast<std::uint16_t>(port));
        if (ports.size() > most_pairs)
            break;
    }
    if (ports.empty())
        return fail("refused.params", "ports", "a list of ports from 1 to 65535");
    return ports;
}

// The host addresses of a network, at most one more than may be swept.
std::vector<Address> hosts_of(const Network& network) {
    std::vector<Address> out;
    const auto count = network.host_bits() >= 16 ? most_pairs + 3 : std::size_t{1} << network.host_bits();
    // Of an IPv4 network the first and the last address are no hosts.
    const bool framed = network.base().is_v4() && network.host_bits() >= 2;
    for (std::size_t i = framed ? 1 : 0; i < count - (framed ? 1 : 0) && out.size() <= most_pairs; ++i) {
        if (network.base().is_v4()) {
            const auto mask = ~std::uint32_t{0} << network.host_bits() % 32;
            const auto first = network.host_bits() == 32 ? 0 : network.base().to_v4().to_uint() & mask;
            out.emplace_back(boost::asio::ip::address_v4(first + static_cast<std::uint32_t>(i)));
            continue;
        }
        auto bytes = network.base().to_v6().to_bytes();
        for (int bit = 0; bit < network.host_bits(); ++bit)
            bytes[static_cast<std::size_t>(15 - bit / 8)] &= static_cast<unsigned char>(~(1U << bit % 8));
        bytes[15] = static_cast<unsigned char>(bytes[15] | (i & 0xff));
        bytes[14] = static_cast<unsigned char>(bytes[14] | (i >> 8 & 0xff));
        out.emplace_back(boost::asio::ip::address_v6(bytes));
    }
    return out;
}

// Tries all pairs, some at a time, and tells which ones accept a connection.
class Sweep : public std::enable_shared_from_this<Sweep> {
  public:
    Sweep(boost::asio::io_context& io, std::vector<Pair> pairs, ActionDone done)
        : io_(io), pairs_(std::move(pairs)), done_(std::move(done)) {}

    void start() {
        for (std::size_t i = 0; i < std::min(at_once, pairs_.size()); ++i)
            next();
    }

  private:
    void next() {
        if (at_ == pairs_.size()) {
            if (under_way_ == 0)
                tell();
            return;
        }
        const auto pair = pairs_[at_++];
        ++under_way_;
        std::make_shared<Connection>(io_)->exchange(
            pair.address, pair.port, "", patience, nullptr,
            [keep = shared_from_this(), pair](const Result<std::string>& connected) {
                if (connected)
                    keep->open_.push_back(pair.address.to_string() + " port " + std::to_string(pair.port));
                --keep->under_way_;
                keep->next();
            });
    }

    void tell() {
        std::sort(open_.begin(), open_.end());
        auto detail = "tried " + std::to_string(pairs_.size()) + " pairs of address and port by TCP connect; open:";
        for (const auto& item : open_)
            detail += " " + item + ",";
        detail.back() = open_.empty() ? ':' : '.';
        std::exchange(done_, nullptr)(ActionResult{true, std::to_string(open_.size()) + " open ports found",
                                                   open_.empty() ? detail + " none" : detail});
    }

    boost::asio::io_context& io_;
    std::vector<Pair> pairs_;
    ActionDone done_;
    std::size_t at_ = 0;
    std::size_t under_way_ = 0;
    std::vector<std::string> open_;
};

class SweepPorts final : public Action {
  public:
    explicit SweepPorts(Surroundings& surroundings) : surroundings_(surroundings) {}

    void run(const ActionRequest& request, ActionDone done) override {
        const auto ports = ports_of(request.params);
        const auto named = text_or(request.params, "network");
        const auto network = Network::parse(!named.empty()    ? named
                                            : request.address ? request.address->to_string()
                                                              : text_or(request.params, "address"));
        if (!ports || !network)
            return done(tl::unexpected(!ports ? ports.error() : network.error()));
        const auto addresses = hosts_of(*network);
        if (addresses.size() * ports->size() > most_pairs)
            return done(fail("refused.params", "network", "at most 1024 pairs of address and port"));
        std::vector<Pair> pairs;
        for (const auto& address : addresses) {
            if (const auto allowed = surroundings_.reach.check(address); !allowed)
                return done(tl::unexpected(allowed.error()));
            for (const auto port : *ports)
                pairs.push_back({address, port});
        }
        std::make_shared<Sweep>(surroundings_.io, std::move(pairs), std::move(done))->start();
    }

  private:
    Surroundings& surroundings_;
};

} // namespace

std::unique_ptr<Action> make_sweep_ports(Surroundings& surroundings) {
    return std::make_unique<SweepPorts>(surroundings);
}

} // namespace testudo::agents
