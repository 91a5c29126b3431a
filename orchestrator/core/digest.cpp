#include "orchestrator/core/digest.hpp"

#include <array>
#include <sodium.h>
#include <stdexcept>
#include <vector>

namespace testudo {
namespace {

const unsigned char* bytes_of(std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
}

std::string hex(const unsigned char* data, std::size_t size) {
    std::string out(size * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), data, size);
    out.pop_back();
    return out;
}

} // namespace

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> out;
    crypto_hash_sha256(out.data(), bytes_of(bytes), bytes.size());
    return hex(out.data(), out.size());
}

std::string hmac_sha256_hex(std::string_view key, std::string_view bytes) {
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(bytes), bytes.size());
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> out;
    crypto_auth_hmacsha256_final(&state, out.data());
    return hex(out.data(), out.size());
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_hex(std::size_t bytes) {
    if (sodium_init() < 0)
        throw std::runtime_error("the system gives no random numbers");
    std::vector<unsigned char> buffer(bytes);
    randombytes_buf(buffer.data(), buffer.size());
    return hex(buffer.data(), buffer.size());
}

std::string uuid_of(std::string_view name) {
    auto h = sha256_hex(name).substr(0, 32);
    h[12] = '8';
    h[16] = "89ab"[static_cast<unsigned char>(h[16]) % 4];
    return h.substr(0, 8) + "-" + h.substr(8, 4) + "-" + h.substr(12, 4) + "-" + h.substr(16, 4) + "-" + h.substr(20);
}

std::string mac_of(std::string_view name) {
    const auto h = sha256_hex(name);
    std::string mac = "02";
    for (std::size_t i = 0; i < 5; ++i)
        mac += ":" + h.substr(i * 2, 2);
    return mac;
}

std::string short_hash(std::string_view name, std::size_t digits) {
    return sha256_hex(name).substr(0, digits);
}

} // namespace testudo
