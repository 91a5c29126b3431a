#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace testudo::graph {

// About how wide a text is in a sans-serif font of that size, on the generous side: no font is asked, so that a picture
// is the same everywhere.
int width_of(std::string_view text, int size, bool bold = false);

// At most `lines` lines of at most that width; what does not fit ends in an ellipsis.
std::vector<std::string> wrapped(std::string_view text, int size, int width, std::size_t lines);

} // namespace testudo::graph
