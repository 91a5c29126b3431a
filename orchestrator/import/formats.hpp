#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/diagnostic.hpp"

namespace testudo::import_ {

struct Imported {
    std::optional<std::string> text; // of a template that `testudo validate` accepts; none if there were errors
    std::vector<Diagnostic> diagnostics;
};

struct FormatInfo {
    std::string_view name;
    std::string_view what;
    bool several = false; // files that belong together are imported at once
};
const std::vector<FormatInfo>& formats();

// Reads what another platform's files say and writes it as a template. Everything that did not come over as it was is
// in the diagnostics, as warnings.
Imported import_files(std::string_view format, const std::vector<std::string>& paths);
// The same for files that are in memory.
Imported import_texts(std::string_view format, const std::vector<std::shared_ptr<const SourceFile>>& files);

} // namespace testudo::import_
