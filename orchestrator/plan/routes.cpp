#include <algorithm>

#include "orchestrator/plan/paths.hpp"

namespace testudo::plan {
namespace {

// A machine whose every way leads through one router gets a default route, as in any office. A router, and a machine
// between several routers, get a route per network: what is not named is not reached.
void add_routes(const Draft& draft, std::size_t index, bool v6, Machine& machine) {
    const Paths paths(draft, index, v6);
    std::vector<Route> routes;
    for (const auto segment : paths.reached()) {
        const auto& way = *paths.to(segment);
        if (way.via)
            routes.push_back({to_text(*draft.segments[segment].family(v6)), to_text(*way.via)});
    }
    const bool one_router = !routes.empty() && std::all_of(routes.begin(), routes.end(), [&routes](const Route& r) {
        return r.via == routes.front().via;
    });
    if (one_router && !machine.forwards && !draft.machines[index].copy_of.empty())
        routes = {{v6 ? "::/0" : "0.0.0.0/0", routes.front().via}};
    machine.routes.insert(machine.routes.end(), routes.begin(), routes.end());
}

} // namespace

void plan_routes(Draft& draft) {
    for (std::size_t i = 0; i < draft.machines.size(); ++i)
        for (const bool v6 : {false, true})
            add_routes(draft, i, v6, draft.plan.machines[i]);
}

} // namespace testudo::plan
