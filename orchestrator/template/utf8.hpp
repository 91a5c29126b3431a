#pragma once
#include <optional>
#include <string_view>

namespace testudo::template_ {

// Where the first byte stands that is no well-formed UTF-8 (Unicode table 3-7: no overlong forms, no surrogates).
std::optional<std::size_t> first_malformed_utf8(std::string_view text);

// Where the first control character stands that no text of ours may hold: all but tab, line feed and carriage return.
std::optional<std::size_t> first_control_character(std::string_view text);

} // namespace testudo::template_
