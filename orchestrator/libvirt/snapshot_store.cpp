#include "orchestrator/libvirt/snapshot_store.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/libvirt/files.hpp"

namespace testudo::libvirt {
namespace fs = std::filesystem;
namespace {

constexpr const char* description = "snapshot.json";
constexpr const char* unfinished = ".new-";

json::object description_of(const fs::path& snapshot) {
    const auto parsed = parse_json(text_of(snapshot / description));
    return parsed && parsed->is_object() ? parsed->as_object() : json::object();
}

} // namespace

Result<fs::path> SnapshotStore::begin(const std::string& exercise, const std::string& machine) const {
    const auto home = directory_ / exercise / machine;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(home, error))
        if (entry.path().filename().string().starts_with(unfinished))
            fs::remove_all(entry.path(), error);
    auto building = home / (unfinished + random_hex(4));
    fs::create_directories(building, error);
    if (error)
        return fail("files.write", building.string(), error.message());
    return building;
}

Result<void> SnapshotStore::finish(const fs::path& building, const std::string& snapshot, const std::string& uuid,
                                   const range::Mark& mark, const std::vector<fs::path>& layers) const {
    std::error_code error;
    json::array names;
    for (const auto& layer : layers) {
        fs::create_hard_link(layer, building / layer.filename(), error);
        if (error)
            return fail("files.write", (building / layer.filename()).string(), error.message());
        names.emplace_back(layer.filename().string());
    }
    auto text = to_json(uuid, mark);
    text["layers"] = names;
    if (auto wrote = write_private(building / description, json::serialize(text)); !wrote)
        return wrote;
    const auto place = building.parent_path() / snapshot;
    const auto older = building.parent_path() / (unfinished + random_hex(4)); // removed by the next one if not by us
    fs::rename(place, older, error);
    fs::rename(building, place, error);
    if (error)
        return fail("files.write", place.string(), error.message());
    fs::remove_all(older, error);
    return {};
}

Result<SnapshotStore::Snapshot> SnapshotStore::find(const std::string& exercise, const std::string& machine,
                                                    const std::string& snapshot) const {
    Snapshot found{directory_ / exercise / machine / snapshot, {}, {}};
    const auto text = description_of(found.directory);
    if (text.empty())
        return fail("range.no-snapshot", machine, fmt::format("{} has no snapshot {}", machine, snapshot));
    found.mark = mark_from_json(text);
    for (const auto& layer : array_or_empty(text, "layers"))
        if (layer.is_string())
            found.layers.push_back(found.directory / std::string(layer.get_string()));
    return found;
}

Result<void> SnapshotStore::forget(const range::MachineRef& machine, const std::string& snapshot) const {
    std::error_code error;
    for (const auto& exercise : fs::directory_iterator(directory_, error)) {
        const auto place = exercise.path() / machine.name / snapshot;
        if (text_or(description_of(place), "uuid") != machine.uuid)
            continue;
        fs::remove_all(place, error);
        if (error)
            return fail("files.write", place.string(), error.message());
        fs::remove(place.parent_path(), error); // if that was the last one
        fs::remove(exercise.path(), error);
        break;
    }
    return {};
}

} // namespace testudo::libvirt
