#pragma once
#include <string>
#include <vector>

#include "orchestrator/template/spanned.hpp"

namespace testudo::template_ {

// The place of bytes [begin, end) of a scalar's value in its source; the whole scalar where the two cannot be matched
// (escapes, folded lines).
Span part_of(const Text& text, std::size_t begin, std::size_t end);

// The words of a short text, split at blanks, each with its place.
std::vector<Text> words_of(const Text& text);

// True for what a team, a network, a machine or an inject may be called: a letter, then letters, digits and single
// hyphens, all small; at most `longest` characters.
bool is_name(std::string_view text, std::size_t longest);

} // namespace testudo::template_
