#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/error.hpp"
#include "orchestrator/range/hypervisor.hpp"

namespace testudo::libvirt {

// Machines as they once were: DIRECTORY/EXERCISE/NAME/SNAPSHOT/ with the state, the layers of the disk as hard links
// (none of them is written to any more, so they cost nothing and need nobody), and snapshot.json.
class SnapshotStore {
  public:
    struct Snapshot {
        std::filesystem::path directory;
        range::Mark mark;
        std::vector<std::filesystem::path> layers; // the lowest first
        std::filesystem::path state() const { return directory / "state"; }
    };

    explicit SnapshotStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // A folder to make one in; what a killed save of this machine left is removed.
    Result<std::filesystem::path> begin(const std::string& exercise, const std::string& machine) const;
    // Makes it one, in place of an older one of this name. The state is there already.
    Result<void> finish(const std::filesystem::path& building, const std::string& snapshot, const std::string& uuid,
                        const range::Mark& mark, const std::vector<std::filesystem::path>& layers) const;
    Result<Snapshot> find(const std::string& exercise, const std::string& machine, const std::string& snapshot) const;
    // Of whichever exercise has a machine of that name and UUID.
    Result<void> forget(const range::MachineRef& machine, const std::string& snapshot) const;

  private:
    std::filesystem::path directory_;
};

} // namespace testudo::libvirt
