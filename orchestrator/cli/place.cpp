#include "orchestrator/cli/place.hpp"

#include <fstream>
#include <iterator>

namespace testudo::cli {

Result<daemon::ExerciseFolder> existing(const Place& place, const std::string& argument) {
    const auto name = daemon::exercise_name(argument);
    if (!name)
        return tl::unexpected(name.error());
    return daemon::ExerciseFolder::open(place.state, *name);
}

namespace {

Result<plan::Plan> read_plan(const daemon::ExerciseFolder& folder) {
    std::ifstream in(folder.plan());
    const auto value = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!in || !value || !value->is_object())
        return fail("state.no-plan", folder.plan().string(),
                    "cannot be read: run `testudo up` with the template again");
    return plan::plan_from_json(value->get_object());
}

} // namespace

std::optional<plan::Plan> last_plan(const daemon::ExerciseFolder& folder) {
    auto plan = read_plan(folder);
    return plan ? std::optional(std::move(*plan)) : std::nullopt;
}

Result<Provisioned> provisioned(const Place& place, const std::string& argument) {
    auto folder = existing(place, argument);
    if (!folder)
        return tl::unexpected(folder.error());
    Provisioned found{std::move(*folder), {}, {}, {}};
    found.placement = daemon::hosts_of(daemon::placement_of(found.folder));
    auto seed = found.folder.seed();
    if (!seed)
        return tl::unexpected(seed.error());
    found.seed = std::move(*seed);
    auto plan = read_plan(found.folder);
    if (!plan)
        return tl::unexpected(plan.error());
    found.plan = std::move(*plan);
    return found;
}

std::filesystem::path images_of(const Place& place) {
    return std::filesystem::absolute(place.images.empty() ? std::filesystem::path(place.state) / "images"
                                                          : std::filesystem::path(place.images));
}

daemon::Host host_of(const Place& place, const daemon::ExerciseFolder& folder) {
    std::ifstream in(folder.hosts());
    const auto hosts = parse_json(std::string(std::istreambuf_iterator<char>(in), {}));
    return {place.host,
            place.connect,
            images_of(place),
            folder.disks(),
            std::filesystem::absolute(place.state) / "golden",
            in && hosts && hosts->is_object() ? daemon::inventory_from_json(hosts->get_object()) : daemon::Inventory{}};
}

} // namespace testudo::cli
