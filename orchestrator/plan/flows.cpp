#include "orchestrator/plan/flows.hpp"

#include <algorithm>

namespace testudo::plan {

std::optional<Stop> stop_of(const Draft& draft, const Paths& paths, std::size_t from, std::size_t segment,
                            const Address& to, const std::string& protocol, int port) {
    const auto routers = paths.routers_to(segment);
    // It speaks with its address on the network where its first router stands.
    auto start = segment;
    if (!routers.empty())
        for (const auto* way = paths.to(segment); way && way->last; way = paths.to(way->last->from))
            start = way->last->from;
    const auto source = address_on(draft.machines[from], start, to.v6);
    if (!source)
        return std::nullopt;
    const Flow flow{*source, to, protocol, port};
    for (const auto router : routers) {
        const auto& interfaces = draft.machines[router].interfaces;
        const bool itself = std::any_of(interfaces.begin(), interfaces.end(),
                                        [&to](const InterfaceDraft& i) { return i.family(to.v6) == to; });
        if (itself && flow.protocol == "icmp")
            continue;
        const auto& rules = itself ? draft.routers.at(router).input : draft.routers.at(router).forward;
        if (!passes(rules, flow))
            return Stop{router, denied_by(rules, flow)};
    }
    return std::nullopt;
}

std::optional<std::size_t> segment_with(const Draft& draft, const Paths& paths, const Address& address) {
    for (const auto segment : paths.reached())
        if (const auto& prefix = draft.segments[segment].family(address.v6); prefix && contains(*prefix, address))
            return segment;
    return std::nullopt;
}

} // namespace testudo::plan
