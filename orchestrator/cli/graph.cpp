#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/graph/map.hpp"
#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"

namespace testudo::cli {

int graph(const GraphOptions& options) {
    auto loaded = template_::load(options.file);
    const auto plan = plan::make(loaded.template_, loaded.diagnostics);
    print_diagnostics(loaded.diagnostics);
    if (!plan)
        return exit_template;
    const auto map = graph::make_map(loaded.template_, *plan, {options.team, options.audience});
    if (!map)
        return complain(map.error());
    if (options.format == "dot")
        fmt::print("{}", graph::to_dot(*map));
    else if (options.format == "mermaid")
        fmt::print("{}", graph::to_mermaid(*map));
    else
        fmt::print("{}", graph::to_svg(*map));
    return exit_ok;
}

} // namespace testudo::cli
