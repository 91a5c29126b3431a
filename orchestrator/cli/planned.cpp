#include "orchestrator/cli/planned.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

namespace testudo::cli {

Planned plan_template(const std::string& file) {
    auto loaded = template_::load(file);
    Planned result;
    result.plan = plan::make(loaded.template_, loaded.diagnostics);
    result.diagnostics = std::move(loaded.diagnostics);
    return result;
}

void print_diagnostics(const std::vector<Diagnostic>& diagnostics) {
    for (const auto& diagnostic : diagnostics)
        fmt::print(stderr, "{}\n", render(diagnostic));
    const auto errors = std::count_if(diagnostics.begin(), diagnostics.end(),
                                      [](const auto& diagnostic) { return diagnostic.severity == Severity::error; });
    const auto warnings = static_cast<std::ptrdiff_t>(diagnostics.size()) - errors;
    if (!diagnostics.empty())
        fmt::print(stderr, "{} error{}, {} warning{}\n", errors, errors == 1 ? "" : "s", warnings,
                   warnings == 1 ? "" : "s");
}

json::array to_json(const std::vector<Diagnostic>& diagnostics) {
    json::array list;
    for (const auto& diagnostic : diagnostics)
        list.push_back(testudo::to_json(diagnostic));
    return list;
}

} // namespace testudo::cli
