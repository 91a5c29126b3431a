#include "orchestrator/core/utf8.hpp"

#include <array>

namespace testudo {
namespace {

struct Form {
    unsigned char lead_mask, lead; // of the first byte
    std::size_t bytes;
    char32_t least; // what a shorter form could hold is overlong
};
constexpr std::array<Form, 4> forms{{
    {0x80, 0x00, 1, 0},
    {0xE0, 0xC0, 2, 0x80},
    {0xF0, 0xE0, 3, 0x800},
    {0xF8, 0xF0, 4, 0x1'0000},
}};

} // namespace

std::optional<char32_t> take_code_point(std::string_view& text) {
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (const auto& form : forms) {
        if ((byte(0) & form.lead_mask) != form.lead || text.size() < form.bytes)
            continue;
        char32_t c = byte(0) & static_cast<unsigned char>(~form.lead_mask);
        for (std::size_t i = 1; i < form.bytes; ++i) {
            if ((byte(i) & 0xC0U) != 0x80)
                return std::nullopt;
            c = c << 6U | (byte(i) & 0x3FU);
        }
        if (c < form.least || c > 0x10'FFFF || (c >= 0xD800 && c <= 0xDFFF))
            return std::nullopt;
        text.remove_prefix(form.bytes);
        return c;
    }
    return std::nullopt;
}

bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

} // namespace testudo
