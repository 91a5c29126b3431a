#include "orchestrator/plan/plan.hpp"

#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/plan/describe.hpp"

namespace testudo::cli {

int plan(const TemplateOptions& options) {
    const auto planned = plan_template(options.file);
    if (!options.json)
        print_diagnostics(planned.diagnostics);
    if (!planned.plan) {
        if (options.json)
            fmt::print("{}\n", json::serialize(json::value{{"diagnostics", to_json(planned.diagnostics)}}));
        return exit_template;
    }
    if (options.json)
        fmt::print("{}\n", json::serialize(plan::describe_json(*planned.plan)));
    else
        fmt::print("{}", plan::describe(*planned.plan));
    return exit_ok;
}

} // namespace testudo::cli
