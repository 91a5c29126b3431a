#include "orchestrator/graph/text.hpp"

namespace testudo::graph {
namespace {

constexpr std::string_view ellipsis = "…";

// Bytes of the character that begins at `at`.
std::size_t length_at(std::string_view text, std::size_t at) {
    std::size_t length = 1;
    while (at + length < text.size() && (static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80)
        ++length;
    return length;
}

// In thousandths of the font's size.
int thousandths(std::string_view character) {
    if (character.size() > 2) // Asian scripts are a full square; punctuation such as the ellipsis is, too
        return 1000;
    if (character.size() > 1)
        return 680;
    const char c = character.front();
    if (std::string_view("iljI.,:;'|!").find(c) != std::string_view::npos)
        return 310;
    if (std::string_view(" ()[]{}/-ftr").find(c) != std::string_view::npos)
        return 400;
    if (std::string_view("mwMW@%").find(c) != std::string_view::npos)
        return 950;
    if (c >= 'A' && c <= 'Z')
        return 720;
    return 620;
}

std::string shortened(std::string_view text, int size, int width) {
    std::string out;
    const auto room = width - width_of(ellipsis, size);
    for (std::size_t at = 0; at < text.size();) {
        const auto length = length_at(text, at);
        if (width_of(out + std::string(text.substr(at, length)), size) > room)
            break;
        out += text.substr(at, length);
        at += length;
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out + std::string(ellipsis);
}

} // namespace

int width_of(std::string_view text, int size, bool bold) {
    int sum = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto length = length_at(text, at);
        sum += thousandths(text.substr(at, length));
        at += length;
    }
    return (sum * size * (bold ? 108 : 100) / 100 + 999) / 1000;
}

std::vector<std::string> wrapped(std::string_view text, int size, int width, std::size_t lines) {
    std::vector<std::string> out;
    std::string line;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find(' ', at), text.size());
        const std::string word(text.substr(at, end - at));
        const auto longer = line.empty() ? word : line + " " + word;
        if (!line.empty() && width_of(longer, size) > width) {
            if (out.size() + 1 == lines) {
                out.push_back(shortened(line + " " + std::string(text.substr(at)), size, width));
                return out;
            }
            out.push_back(line);
            line = word;
        } else {
            line = longer;
        }
        at = end + 1;
    }
    if (!line.empty())
        out.push_back(width_of(line, size) > width ? shortened(line, size, width) : line);
    for (auto& one : out)
        if (width_of(one, size) > width)
            one = shortened(one, size, width);
    return out;
}

} // namespace testudo::graph
