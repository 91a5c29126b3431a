#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/libvirt/file_lock.hpp"

namespace testudo::libvirt {

// What a golden machine depends on: one that differs in any of these cannot be cloned in its place.
struct GoldenKind {
    std::filesystem::path image; // its directory, which carries its hash
    std::string agent;           // hash
    int memory_mib = 0;
    int cpus = 0;
    std::string accel;
    std::string hypervisor; // versions of libvirt and QEMU

    std::string key() const;
};

// The files of golden machines: DIRECTORY/KEY-RANDOM/ with the disk that clones stand on, by hard links of their own,
// and the saved state. They belong to the host and not to an exercise. A folder without `state` is half-made or spoilt.
// DIRECTORY/KEY.lock is held shared while a clone is made, and exclusively while the golden machine is made or removed.
class GoldenStore {
  public:
    struct Golden {
        std::filesystem::path directory;
        std::filesystem::path disk() const { return directory / "golden.qcow2"; }
        std::filesystem::path state() const { return directory / "state"; }
        std::string key() const; // GoldenKind::key()
    };

    explicit GoldenStore(std::filesystem::path directory) : directory_(std::move(directory)) {}

    const std::filesystem::path& directory() const { return directory_; }
    std::optional<Golden> find(const std::string& key) const;
    std::optional<FileLock> lock(const std::string& key, FileLock::Kind kind) const;
    // An empty folder for a new one. Only with the lock.
    Result<Golden> begin(const GoldenKind& kind) const;
    void remove(const Golden& golden) const;
    // Nobody clones it any more.
    void spoil(const Golden& golden) const;
    // Removes what is half-made or spoilt, and what can no longer be used: its image is gone, or it was made with
    // another agent or hypervisor. Keeps what is locked.
    void prune(const std::string& agent, const std::string& hypervisor) const;

  private:
    std::filesystem::path directory_;
};

} // namespace testudo::libvirt
