#pragma once
#include <string>
#include <string_view>

namespace testudo {

// For XML and HTML, in content and in attributes alike. Control characters, which XML cannot hold, become blanks.
std::string escaped_markup(std::string_view text);

} // namespace testudo
