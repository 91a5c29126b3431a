#pragma once
#include <string>
#include <string_view>

namespace testudo {

// SHA-256 (FIPS 180-4) of the bytes, as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);
// HMAC-SHA-256 (RFC 2104), as 64 lower-case hex digits. The key may have any length.
std::string hmac_sha256_hex(std::string_view key, std::string_view bytes);
// True if both are equal, in a time that depends on the lengths only.
bool equal_constant_time(std::string_view a, std::string_view b);
// Random bytes from the system, as 2*bytes hex digits.
std::string random_hex(std::size_t bytes);

// A UUID that is a pure function of its name: RFC 9562 version 8, from SHA-256.
std::string uuid_of(std::string_view name);
// A locally administered unicast MAC address ("52:54:00:.." stays libvirt's; ours begin with 02:) from its name.
std::string mac_of(std::string_view name);
// The first digits of sha256_hex, for names that must be short; digits <= 64.
std::string short_hash(std::string_view name, std::size_t digits);

} // namespace testudo
