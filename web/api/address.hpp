#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testudo::web {

// "portal%40north" -> "portal@north"; nothing if an escape is cut short, or if what comes out is no UTF-8 or
// holds a control character.
std::optional<std::string> percent_decoded(std::string_view text);

// The decoded parts between the slashes. A part keeps a slash that was sent as %2F.
std::optional<std::vector<std::string>> split_path(std::string_view path);

// Decoded names and values; nothing if malformed or if a name is given twice.
std::optional<std::map<std::string, std::string>> parse_query(std::string_view query);

} // namespace testudo::web
