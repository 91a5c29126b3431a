#include "orchestrator/plan/secrets.hpp"

#include "orchestrator/core/digest.hpp"

namespace testudo::plan {

std::string agent_secret(std::string_view seed, std::string_view machine_id) {
    return hmac_sha256_hex(seed, "agent|" + std::string(machine_id));
}

std::string sign_in_token(std::string_view seed, std::string_view holder) {
    return hmac_sha256_hex(seed, "sign-in|" + std::string(holder));
}

std::string password(std::string_view seed, std::string_view credential) {
    // 32 characters that are not mistaken for one another when read aloud or copied by hand: no 0, 1, l, o.
    static constexpr std::string_view alphabet = "23456789abcdefghijkmnpqrstuvwxyz";
    const auto digits = hmac_sha256_hex(seed, "password|" + std::string(credential));
    std::string out;
    for (std::size_t i = 0; i < 16; ++i) {
        if (i != 0 && i % 4 == 0)
            out += '-';
        out += alphabet[std::stoul(digits.substr(i * 2, 2), nullptr, 16) % alphabet.size()];
    }
    return out;
}

} // namespace testudo::plan
