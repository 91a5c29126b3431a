#pragma once
#include <optional>
#include <string_view>

namespace testudo {

// Takes the first code point off `text`, which is not empty. Nothing, and `text` as it was, if it does not begin with
// well-formed UTF-8 (no overlong forms, no surrogates).
std::optional<char32_t> take_code_point(std::string_view& text);

// What no text from outside may hold: control characters (C0 with line breaks and tabs, DEL, C1), and the embeddings,
// overrides and isolates of bidirectional text, by which a text could be shown to read other than it is written. The
// plain direction marks that a right-to-left keyboard types are none of them.
bool is_control(char32_t c);

} // namespace testudo
