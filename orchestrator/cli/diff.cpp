#include "orchestrator/plan/difference.hpp"

#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"

namespace testudo::cli {

int diff(const DiffOptions& options) {
    const auto from = plan_template(options.from);
    const auto to = plan_template(options.to);
    if (!from.plan || !to.plan) {
        auto diagnostics = from.plan ? to.diagnostics : from.diagnostics;
        if (!from.plan && !to.plan)
            diagnostics.insert(diagnostics.end(), to.diagnostics.begin(), to.diagnostics.end());
        if (options.json)
            fmt::print("{}\n", json::serialize(json::value{{"diagnostics", to_json(diagnostics)}}));
        else
            print_diagnostics(diagnostics);
        return exit_template;
    }
    const auto differences = plan::difference(*from.plan, *to.plan);
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"same", differences.empty()},
                                                       {"from", options.from},
                                                       {"to", options.to},
                                                       {"changes", plan::describe_json(differences)}}));
    else
        fmt::print("{}", plan::describe(differences));
    return differences.empty() ? exit_ok : exit_differs;
}

} // namespace testudo::cli
