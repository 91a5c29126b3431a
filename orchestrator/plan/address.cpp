#include "orchestrator/plan/address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <fmt/format.h>

namespace testudo::plan {
namespace {

constexpr std::size_t v4_at = 12; // where IPv4 stands in the bytes

int width(const Address& address) {
    return address.v6 ? 128 : 32;
}

// The address with all bits behind `length` set or cleared.
Address masked(Address address, int length, bool set) {
    const auto skip = address.v6 ? 0 : static_cast<int>(v4_at) * 8;
    for (int bit = length + skip; bit < 128; ++bit) {
        auto& byte = address.bytes[static_cast<std::size_t>(bit / 8)];
        const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
        byte = static_cast<std::uint8_t>(set ? byte | mask : byte & ~mask);
    }
    return address;
}

} // namespace

std::optional<Address> parse_address(std::string_view text) {
    const std::string copy(text);
    Address address;
    if (inet_pton(AF_INET, copy.c_str(), address.bytes.data() + v4_at) == 1)
        return address;
    address.bytes.fill(0);
    address.v6 = true;
    if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1)
        return address;
    return std::nullopt;
}

std::string without_length(std::string_view address) {
    return std::string(address.substr(0, address.find('/')));
}

std::optional<Prefix> parse_prefix(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    const auto base = parse_address(text.substr(0, slash));
    const auto digits = text.substr(slash + 1);
    int length = 0;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!base || fault != std::errc() || end != digits.data() + digits.size() || length < 0 || length > width(*base))
        return std::nullopt;
    if (digits.size() > 1 && digits.front() == '0')
        return std::nullopt;
    return Prefix{*base, length};
}

std::string to_text(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    inet_ntop(address.v6 ? AF_INET6 : AF_INET, address.bytes.data() + (address.v6 ? 0 : v4_at), buffer.data(),
              buffer.size());
    return buffer.data();
}

std::string to_text(const Prefix& prefix) {
    return fmt::format("{}/{}", to_text(prefix.base), prefix.length);
}

Address first_of(const Prefix& prefix) {
    return masked(prefix.base, prefix.length, false);
}

Address last_of(const Prefix& prefix) {
    return masked(prefix.base, prefix.length, true);
}

bool contains(const Prefix& prefix, const Address& address) {
    return prefix.base.v6 == address.v6 && masked(address, prefix.length, false) == first_of(prefix);
}

bool contains(const Prefix& outer, const Prefix& inner) {
    return inner.length >= outer.length && contains(outer, inner.base);
}

bool overlap(const Prefix& a, const Prefix& b) {
    return contains(a, first_of(b)) || contains(b, first_of(a));
}

std::optional<Address> host_of(const Prefix& prefix, std::int64_t number) {
    if (number < 1)
        return std::nullopt;
    auto rest = static_cast<std::uint64_t>(number);
    if (prefix.base.v6 && number <= 9999)
        rest = std::stoul(std::to_string(number), nullptr, 16);
    auto address = first_of(prefix);
    for (std::size_t i = 16; i-- > 0 && rest != 0; rest >>= 8U)
        address.bytes[i] = static_cast<std::uint8_t>(address.bytes[i] | (rest & 0xFFU));
    // A number that needs bits of the network part is caught by going back from the address.
    const auto host_bits = width(address) - prefix.length;
    const bool fits = host_bits >= 63 || number < (std::int64_t{1} << host_bits);
    if (!fits || !contains(prefix, address))
        return std::nullopt;
    if (prefix.length < width(address) - 1 &&
        (address == first_of(prefix) || (!address.v6 && address == last_of(prefix))))
        return std::nullopt;
    return address;
}

bool is_range_address(const Prefix& prefix) {
    static const auto v4 = *parse_prefix("198.18.0.0/15");
    static const auto v6 = *parse_prefix("2001:db8::/32");
    return contains(prefix.base.v6 ? v6 : v4, prefix);
}

} // namespace testudo::plan
