#include "orchestrator/rehearse/rehearsal.hpp"

#include <fstream>

#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"

namespace testudo::cli {

int rehearse(const RehearseOptions& options) {
    const auto planned = plan_template(options.file);
    if (!planned.plan) {
        if (options.json)
            fmt::print("{}\n", json::serialize(json::value{{"diagnostics", to_json(planned.diagnostics)}}));
        else
            print_diagnostics(planned.diagnostics);
        return exit_template;
    }
    std::vector<rehearse::Behaviour> behaviours;
    for (const auto& word : options.teams)
        if (const auto behaviour = rehearse::behaviour_from(word))
            behaviours.push_back(*behaviour);
    if (behaviours.empty())
        behaviours.assign(rehearse::all_behaviours.begin(), rehearse::all_behaviours.end());
    const auto rehearsal = rehearse::rehearse(*planned.plan, behaviours);
    if (!rehearsal)
        return complain(rehearsal.error());
    if (!options.html.empty()) {
        std::ofstream page(options.html, std::ios::binary | std::ios::trunc);
        page << rehearse::to_html(*rehearsal);
        page.close();
        if (!page)
            return complain({"file.unwritable", options.html, "the page could not be written there"});
    }
    if (options.json)
        fmt::print("{}\n", json::serialize(rehearse::to_json(*rehearsal)));
    else if (options.html.empty())
        fmt::print("{}", rehearse::to_text(*rehearsal));
    else
        fmt::print("{}: the rehearsal of {}\n", options.html, planned.plan->title);
    return exit_ok;
}

} // namespace testudo::cli
