#pragma once
#include <string>

#include "orchestrator/template/report.hpp"
#include "orchestrator/template/template.hpp"

namespace testudo::template_ {

struct Loaded {
    Template template_; // as far as it could be read
    Diagnostics diagnostics;
};

// Reads the template at `path` and the files that it names. Never throws at the user: all that is wrong is in the
// diagnostics, as far as it can be told without planning.
Loaded load(const std::string& path);
// The same for a text that is in memory; files are looked for as if it stood at `shown`.
Loaded load_text(const std::string& shown, std::string text);

} // namespace testudo::template_
