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

namespace {

constexpr std::string_view opening = "{{secret:";
constexpr std::string_view closing = "}}";

} // namespace

std::string placeholder(std::string_view credential) {
    return std::string(opening) + std::string(credential) + std::string(closing);
}

std::string with_passwords(std::string_view seed, std::string_view text) {
    std::string out;
    for (;;) {
        const auto begin = text.find(opening);
        const auto end = begin == std::string_view::npos ? begin : text.find(closing, begin);
        if (end == std::string_view::npos)
            return out += text;
        out += text.substr(0, begin);
        out += password(seed, text.substr(begin + opening.size(), end - begin - opening.size()));
        text.remove_prefix(end + closing.size());
    }
}

json::value with_passwords_inside(std::string_view seed, json::value value) {
    if (value.is_string())
        return json::string(with_passwords(seed, std::string_view(value.get_string())));
    if (value.is_array())
        for (auto& item : value.get_array())
            item = with_passwords_inside(seed, std::move(item));
    if (value.is_object())
        for (auto& member : value.get_object())
            member.value() = with_passwords_inside(seed, std::move(member.value()));
    return value;
}

} // namespace testudo::plan
