#include "agents/probes/scram.hpp"

#include <array>
#include <charconv>
#include <sodium.h>

#include "agents/protocol/base64.hpp"

namespace testudo::agents {
namespace {

// A hostile server must not make us count for long; PostgreSQL's own number is 4096.
constexpr unsigned most_rounds = 20'000;

const unsigned char* bytes_of(std::string_view s) {
    return reinterpret_cast<const unsigned char*>(s.data());
}

std::string hmac(std::string_view key, std::string_view message) {
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> out;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(message), message.size());
    crypto_auth_hmacsha256_final(&state, out.data());
    return {out.begin(), out.end()};
}

std::string sha256(std::string_view message) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> out;
    crypto_hash_sha256(out.data(), bytes_of(message), message.size());
    return {out.begin(), out.end()};
}

std::string mixed(std::string a, std::string_view b) {
    for (std::size_t i = 0; i < a.size(); ++i)
        a[i] = static_cast<char>(a[i] ^ b[i]);
    return a;
}

std::string salted(std::string_view password, std::string_view salt, unsigned rounds) {
    auto round = hmac(password, std::string(salt) + std::string("\0\0\0\1", 4));
    auto out = round;
    for (unsigned i = 1; i < rounds; ++i) {
        round = hmac(password, round);
        out = mixed(std::move(out), round);
    }
    return out;
}

// The value of "k=value" in a list with commas.
std::string_view attribute(std::string_view list, char key) {
    while (!list.empty()) {
        const auto item = list.substr(0, list.find(','));
        if (item.size() > 2 && item[0] == key && item[1] == '=')
            return item.substr(2);
        list.remove_prefix(std::min(list.size(), item.size() + 1));
    }
    return {};
}

} // namespace

std::string ScramClient::first() const {
    return "n,,n=,r=" + nonce_;
}

std::optional<std::string> ScramClient::last(std::string_view server_first) {
    const auto nonce = attribute(server_first, 'r');
    const auto salt = from_base64(attribute(server_first, 's'));
    const auto rounds_text = attribute(server_first, 'i');
    unsigned rounds = 0;
    std::from_chars(rounds_text.data(), rounds_text.data() + rounds_text.size(), rounds);
    if (!nonce.starts_with(nonce_) || nonce.size() == nonce_.size() || !salt || salt->empty() || rounds == 0 ||
        rounds > most_rounds)
        return std::nullopt;
    const auto without_proof = "c=biws,r=" + std::string(nonce);
    const auto message = "n=,r=" + nonce_ + "," + std::string(server_first) + "," + without_proof;
    const auto client_key = hmac(salted(password_, *salt, rounds), "Client Key");
    return without_proof + ",p=" + to_base64(mixed(client_key, hmac(sha256(client_key), message)));
}

} // namespace testudo::agents
