#include "orchestrator/plan/paths.hpp"

#include <algorithm>

namespace testudo::plan {

std::optional<Address> address_on(const MachineDraft& machine, std::size_t segment, bool v6) {
    for (const auto& interface : machine.interfaces)
        if (interface.segment == segment)
            return interface.family(v6);
    return std::nullopt;
}

Paths::Paths(const Draft& draft, std::size_t machine, bool v6) {
    const auto& team = draft.machines[machine].copy_of;
    const auto visible = [&team](const std::string& other) { return team.empty() || other.empty() || other == team; };
    for (const auto& interface : draft.machines[machine].interfaces)
        if (interface.family(v6) && ways_.emplace(interface.segment, Way{}).second)
            order_.push_back(interface.segment);
    for (std::size_t next = 0; next < order_.size(); ++next) {
        const auto here = order_[next];
        const auto way = ways_.at(here);
        for (const auto router : draft.segments[here].routers) {
            const auto& candidate = draft.machines[router];
            const auto entry = address_on(candidate, here, v6);
            if (router == machine || !entry || !visible(candidate.copy_of))
                continue;
            for (const auto& interface : candidate.interfaces) {
                if (!interface.family(v6) || !visible(draft.plan.segments[interface.segment].team))
                    continue;
                const Way onward{Hop{router, here}, way.via ? way.via : entry, way.hops + 1};
                if (ways_.emplace(interface.segment, onward).second)
                    order_.push_back(interface.segment);
            }
        }
    }
}

const Paths::Way* Paths::to(std::size_t segment) const {
    const auto found = ways_.find(segment);
    return found == ways_.end() ? nullptr : &found->second;
}

std::vector<std::size_t> Paths::routers_to(std::size_t segment) const {
    std::vector<std::size_t> out;
    for (const auto* way = to(segment); way && way->last; way = to(way->last->from))
        out.push_back(way->last->router);
    std::reverse(out.begin(), out.end());
    return out;
}

} // namespace testudo::plan
