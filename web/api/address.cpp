#include "web/api/address.hpp"

#include <charconv>

#include "orchestrator/core/utf8.hpp"

namespace testudo::web {

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const auto digits = text.substr(i + 1, 2);
            unsigned value = 0;
            const auto end = digits.data() + digits.size();
            if (digits.size() != 2 || std::from_chars(digits.data(), end, value, 16).ptr != end)
                return std::nullopt;
            c = static_cast<char>(value);
            i += 2;
        }
        out += c;
    }
    // It may be told back in an answer, which is JSON.
    for (std::string_view rest = out; !rest.empty();)
        if (const auto c = take_code_point(rest); !c || is_control(*c))
            return std::nullopt;
    return out;
}

std::optional<std::vector<std::string>> split_path(std::string_view path) {
    std::vector<std::string> parts;
    while (path.starts_with('/')) {
        path.remove_prefix(1);
        const auto part = percent_decoded(path.substr(0, path.find('/')));
        if (!part)
            return std::nullopt;
        parts.push_back(*part);
        path.remove_prefix(std::min(path.size(), path.find('/')));
    }
    return parts;
}

std::optional<std::map<std::string, std::string>> parse_query(std::string_view query) {
    std::map<std::string, std::string> found;
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        const auto equals = std::min(pair.size(), pair.find('='));
        const auto name = percent_decoded(pair.substr(0, equals));
        const auto value = percent_decoded(pair.substr(std::min(pair.size(), equals + 1)));
        if (!name || !value || !found.emplace(*name, *value).second)
            return std::nullopt;
    }
    return found;
}

} // namespace testudo::web
