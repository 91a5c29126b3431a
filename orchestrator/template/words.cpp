#include "orchestrator/template/words.hpp"

#include <algorithm>

namespace testudo::template_ {

Span part_of(const Text& text, std::size_t begin, std::size_t end) {
    if (!text.given())
        return text.span;
    const std::string_view source(text.span.file->text);
    for (const std::size_t quote : {std::size_t{0}, std::size_t{1}})
        if (source.substr(text.span.begin + quote, text.value.size()) == text.value)
            return Span{text.span.file, text.span.begin + quote + begin, text.span.begin + quote + end};
    return text.span;
}

std::vector<Text> words_of(const Text& text) {
    std::vector<Text> out;
    const std::string_view value(text.value);
    for (std::size_t begin = value.find_first_not_of(" \n"); begin < value.size();) {
        const auto end = std::min(value.find_first_of(" \n", begin), value.size());
        out.push_back(Text{std::string(value.substr(begin, end - begin)), part_of(text, begin, end)});
        begin = std::min(value.find_first_not_of(" \n", end), value.size());
    }
    return out;
}

bool is_name(std::string_view text, std::size_t longest) {
    if (text.empty() || text.size() > longest || text.front() < 'a' || text.front() > 'z' || text.back() == '-')
        return false;
    char previous = ' ';
    for (const char c : text) {
        const bool known = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        if (!known || (c == '-' && previous == '-'))
            return false;
        previous = c;
    }
    return true;
}

} // namespace testudo::template_
