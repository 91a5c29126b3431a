#include "agents/probes/reach.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace testudo::agents {
namespace {

namespace ip = boost::asio::ip;

template <class Bytes> bool same_prefix(const Bytes& a, const Bytes& b, int bits) {
    for (std::size_t i = 0; i < a.size() && bits > 0; ++i, bits -= 8) {
        const int kept = std::min(bits, 8);
        if ((a[i] ^ b[i]) >> (8 - kept) != 0)
            return false;
    }
    return true;
}

bool in_exercise_space(const Address& address) {
    static const std::array spaces{*Network::parse("198.18.0.0/15"), *Network::parse("2001:db8::/32")};
    return address.is_loopback() ||
           std::any_of(spaces.begin(), spaces.end(), [&](const Network& n) { return n.contains(address); });
}

} // namespace

Result<Address> parse_address(std::string_view text) {
    boost::system::error_code ec;
    auto address = ip::make_address(std::string(text), ec);
    if (ec || text.find('%') != std::string_view::npos)
        return fail("refused.params", std::string(text), "not a literal IPv4 or IPv6 address");
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return Address(ip::make_address_v4(ip::v4_mapped, address.to_v6()));
    return address;
}

Result<Network> Network::parse(std::string_view text) {
    const auto slash = text.find('/');
    const auto base = parse_address(text.substr(0, slash));
    if (!base)
        return tl::unexpected(base.error());
    const int longest = base->is_v4() ? 32 : 128;
    int prefix = longest;
    if (slash != std::string_view::npos) {
        const auto digits = text.substr(slash + 1);
        const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
        if (ec != std::errc() || end != digits.data() + digits.size() || prefix < 0 || prefix > longest)
            return fail("refused.params", std::string(text), "not a network");
    }
    return Network(*base, prefix);
}

bool Network::contains(const Address& address) const {
    if (address.is_v4() != base_.is_v4())
        return false;
    return address.is_v4() ? same_prefix(address.to_v4().to_bytes(), base_.to_v4().to_bytes(), prefix_)
                           : same_prefix(address.to_v6().to_bytes(), base_.to_v6().to_bytes(), prefix_);
}

Result<Reach> Reach::parse(const std::vector<std::string>& list) {
    Reach reach;
    for (const auto& text : list) {
        auto network = Network::parse(text);
        if (!network)
            return tl::unexpected(network.error());
        reach.networks_.push_back(std::move(*network));
    }
    return reach;
}

bool Reach::allows(const Address& address) const {
    return in_exercise_space(address) &&
           std::any_of(networks_.begin(), networks_.end(), [&](const Network& n) { return n.contains(address); });
}

Result<void> Reach::check(const Address& address) const {
    if (!allows(address))
        return fail("refused.target", address.to_string(), "this machine's agent may not touch that address");
    return {};
}

} // namespace testudo::agents
