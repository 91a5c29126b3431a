#pragma once
#include <filesystem>
#include <string>

#include "orchestrator/core/error.hpp"

namespace testudo::daemon {

// What is kept of one exercise: STATE/exercises/NAME/, readable by its owner only.
//   log.db       the event log          seed         secrets are derived from it (plan/secrets.hpp)
//   plan.json    what `up` made         journal      of the range
//   disks/       overlays of VMs        serve.json   address and operator token of a running controller
//   snapshots/   what was kept of machines
//   hosts.json   where several hosts are found, and placement.json which machine is on which
class ExerciseFolder {
  public:
    // Of an exercise that was provisioned here; `exercise.unknown` if there is none of that name.
    static Result<ExerciseFolder> open(const std::filesystem::path& state, const std::string& exercise);
    // Does not touch the disk.
    ExerciseFolder(const std::filesystem::path& state, const std::string& exercise);

    bool exists() const;
    // Makes the folder (mode 0700) and the seed (mode 0600) unless they are there.
    Result<void> create() const;

    Result<std::string> seed() const;
    // Puts the text there in one step, mode 0600.
    static Result<void> write_private(const std::filesystem::path& file, const std::string& text);

    const std::filesystem::path& path() const { return path_; }
    std::string name() const { return path_.filename().string(); }
    std::filesystem::path log() const { return path_ / "log.db"; }
    std::filesystem::path plan() const { return path_ / "plan.json"; }
    std::filesystem::path journal() const { return path_ / "journal"; }
    std::filesystem::path hosts() const { return path_ / "hosts.json"; }
    std::filesystem::path placement() const { return path_ / "placement.json"; }
    std::filesystem::path snapshots() const { return path_ / "snapshots"; }
    std::filesystem::path disks() const { return path_ / "disks"; }
    std::filesystem::path serve() const { return path_ / "serve.json"; }
    // For an ended exercise that is started anew: log-1.db, log-2.db ...; the first name that is free.
    std::filesystem::path old_log() const;

  private:
    std::filesystem::path path_;
};

// The exercise that `argument` means: a name, or a template file, from whose line `exercise: NAME` it is taken.
Result<std::string> exercise_name(const std::string& argument);

} // namespace testudo::daemon
