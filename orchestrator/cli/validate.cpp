#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"

namespace testudo::cli {

int validate(const TemplateOptions& options) {
    const auto planned = plan_template(options.file);
    if (options.json) {
        const json::value answer = {{"valid", planned.plan.has_value()}, {"diagnostics", to_json(planned.diagnostics)}};
        fmt::print("{}\n", json::serialize(answer));
    } else {
        print_diagnostics(planned.diagnostics);
        if (planned.plan)
            fmt::print("{}: good; {} teams, {} machines, {} checks, {} injects\n", options.file,
                       planned.plan->teams.size(), planned.plan->machines.size(), planned.plan->checks.size(),
                       planned.plan->injects.size());
    }
    return planned.plan ? exit_ok : exit_template;
}

} // namespace testudo::cli
