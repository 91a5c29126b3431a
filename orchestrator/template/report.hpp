#pragma once
#include <string>
#include <vector>

#include "orchestrator/core/diagnostic.hpp"

namespace testudo::template_ {

using Diagnostics = std::vector<Diagnostic>;

// Adds a diagnostic and returns it, so that related places can be added.
Diagnostic& error(Diagnostics& out, std::string code, Span span, std::string message, std::string hint = "");
Diagnostic& warn(Diagnostics& out, std::string code, Span span, std::string message, std::string hint = "");
// "did you mean `x`?" for the nearest candidate, else "known: a, b, c" when there are few, else nothing.
std::string suggest(std::string_view word, const std::vector<std::string>& candidates);

bool has_errors(const Diagnostics& diagnostics);
// In the order of the text: the template first, then included files by name. Of what has the same code, place and hint,
// the first is kept; of very many, the first thousand.
void arrange(Diagnostics& diagnostics, const std::string& first_file);

} // namespace testudo::template_
