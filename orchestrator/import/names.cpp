#include "orchestrator/import/names.hpp"

#include <fmt/format.h>

namespace testudo::import_ {
namespace {

std::string without_expressions(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = text.find("{{", at);
        out += text.substr(at, open == std::string_view::npos ? open : open - at);
        if (open == std::string_view::npos)
            break;
        const auto close = text.find("}}", open);
        at = close == std::string_view::npos ? text.size() : close + 2;
    }
    return out;
}

void cut(std::string& name, std::size_t longest) {
    if (name.size() > longest)
        name.resize(longest);
    while (name.ends_with('-'))
        name.pop_back();
}

} // namespace

std::string name_of(std::string_view text, std::size_t longest, std::string_view fallback) {
    std::string name;
    for (char c : without_expressions(text)) {
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
        const bool known = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (known)
            name += c;
        else if (!name.empty() && name.back() != '-')
            name += '-';
    }
    cut(name, longest);
    if (name.empty())
        return std::string(fallback);
    if (name.front() < 'a' || name == "null") // which YAML takes for nothing at all
        name = fmt::format("{}-{}", fallback, name);
    cut(name, longest);
    return name;
}

std::string shortened(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes)
        return std::string(text);
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U)
        --bytes;
    return std::string(text.substr(0, bytes));
}

std::string NameBook::take(std::string_view text, std::string_view fallback) {
    const auto base = name_of(text, longest_, fallback);
    auto name = base;
    if (taken_.insert(name).second)
        return name;
    auto& next = next_.try_emplace(base, 2).first->second;
    do {
        const auto suffix = fmt::format("-{}", next++);
        name = base;
        cut(name, longest_ - suffix.size());
        name += suffix;
    } while (!taken_.insert(name).second);
    return name;
}

} // namespace testudo::import_
