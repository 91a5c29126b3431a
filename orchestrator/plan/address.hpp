#pragma once
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace testudo::plan {

// An IPv4 or IPv6 address. IPv4 is kept in the last four bytes, so that both calculate alike.
struct Address {
    bool v6 = false;
    std::array<std::uint8_t, 16> bytes{};
    auto operator<=>(const Address&) const = default;
};

struct Prefix {
    Address base; // as written: may have bits set behind the length
    int length = 0;
    auto operator<=>(const Prefix&) const = default;
};

// Nothing else on the line: no zone, no port, no leading zeros in IPv4.
std::optional<Address> parse_address(std::string_view text);
std::optional<Prefix> parse_prefix(std::string_view text);
// "198.18.11.80/24" -> "198.18.11.80"
std::string without_length(std::string_view address);
// IPv6 as RFC 5952 wants it.
std::string to_text(const Address& address);
std::string to_text(const Prefix& prefix);

Address first_of(const Prefix& prefix); // the network's own address
Address last_of(const Prefix& prefix);  // broadcast, in IPv4
bool contains(const Prefix& prefix, const Address& address);
bool contains(const Prefix& outer, const Prefix& inner);
bool overlap(const Prefix& a, const Prefix& b);

// The address with that number on a network. Numbers up to 9999 are written into IPv6 digit by digit, so that machine
// 80 is .80 and ::80 alike; larger ones by value. Nothing when it does not fit, or when it is the network's own or
// broadcast address.
std::optional<Address> host_of(const Prefix& prefix, std::int64_t number);

// The only addresses that a range may use: 198.18.0.0/15 (RFC 2544) and 2001:db8::/32 (RFC 3849).
bool is_range_address(const Prefix& prefix);

} // namespace testudo::plan
