#pragma once
#include <optional>
#include <string>

#include "orchestrator/core/diagnostic.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::cli {

struct Planned {
    std::optional<plan::Plan> plan; // none if the template has errors
    std::vector<Diagnostic> diagnostics;
};
// Reads and plans a template; the diagnostics of both.
Planned plan_template(const std::string& file);

// On standard error, each with its place, and then how many there were.
void print_diagnostics(const std::vector<Diagnostic>& diagnostics);
json::array to_json(const std::vector<Diagnostic>& diagnostics);

} // namespace testudo::cli
