#include "agents/probes/md5.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace testudo::agents {
namespace {

using State = std::array<std::uint32_t, 4>;

// The sine table of the standard.
std::array<std::uint32_t, 64> sines() {
    std::array<std::uint32_t, 64> out{};
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<std::uint32_t>(std::floor(std::fabs(std::sin(static_cast<double>(i + 1))) * 4294967296.0));
    return out;
}

void mix(State& state, std::string_view block) {
    static const auto table = sines();
    static constexpr int shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    std::array<std::uint32_t, 16> words{};
    for (std::size_t i = 0; i < 64; ++i)
        words[i / 4] |= static_cast<std::uint32_t>(static_cast<unsigned char>(block[i])) << (8 * (i % 4));
    auto [a, b, c, d] = state;
    for (std::uint32_t i = 0; i < 64; ++i) {
        std::uint32_t f = 0;
        std::uint32_t word = 0;
        switch (i / 16) {
        case 0:
            f = (b & c) | (~b & d);
            word = i;
            break;
        case 1:
            f = (d & b) | (~d & c);
            word = (5 * i + 1) % 16;
            break;
        case 2:
            f = b ^ c ^ d;
            word = (3 * i + 5) % 16;
            break;
        default:
            f = c ^ (b | ~d);
            word = (7 * i) % 16;
        }
        const auto turned = std::rotl(a + f + table[i] + words[word], shifts[i / 16][i % 4]);
        a = d;
        d = c;
        c = b;
        b += turned;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

} // namespace

std::string md5_hex(std::string_view bytes) {
    std::string padded(bytes);
    padded += '\x80';
    padded.append((120 - padded.size() % 64) % 64, '\0');
    for (int i = 0; i < 8; ++i)
        padded += static_cast<char>(static_cast<std::uint64_t>(bytes.size()) * 8 >> (8 * i) & 0xff);
    State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    for (std::size_t at = 0; at < padded.size(); at += 64)
        mix(state, std::string_view(padded).substr(at, 64));
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const auto word : state)
        for (int i = 0; i < 4; ++i) {
            const auto byte = word >> (8 * i) & 0xff;
            hex += digits[byte >> 4];
            hex += digits[byte & 0xf];
        }
    return hex;
}

} // namespace testudo::agents
