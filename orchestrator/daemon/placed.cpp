#include "orchestrator/daemon/placed.hpp"

#include <fstream>
#include <iterator>

namespace testudo::daemon {

plan::Placement placement_of(const ExerciseFolder& folder) {
    std::ifstream in(folder.placement());
    const auto document = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    return in && document && document->is_object() ? plan::placement_from_json(document->get_object())
                                                   : plan::Placement{};
}

range::Placement hosts_of(const plan::Placement& placement) {
    range::Placement hosts;
    for (const auto& [machine, placed] : placement)
        hosts[machine] = placed.host;
    return hosts;
}

Result<plan::Placement> place_machines(const ExerciseFolder& folder, const plan::Plan& plan,
                                       const std::set<std::string>& without) {
    auto placement = plan::place(plan, placement_of(folder), without);
    if (!placement)
        return placement;
    if (const auto kept = ExerciseFolder::write_private(folder.placement(), json::serialize(plan::to_json(*placement)));
        !kept)
        return tl::unexpected(kept.error());
    return placement;
}

} // namespace testudo::daemon
