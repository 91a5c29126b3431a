#pragma once
#include <string>

#include "orchestrator/import/draft.hpp"

namespace testudo::import_ {

// The text of a template that says what a finished draft says.
std::string write_template(const Draft& draft);

// A text as a YAML scalar on one line: plain where that is the same, else in double quotes.
std::string scalar(std::string_view text);

} // namespace testudo::import_
