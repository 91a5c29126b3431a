#pragma once
#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"

namespace testudo::range {

// What was kept of an exercise's machines, by name of the snapshot and Machine::id: DIRECTORY/SNAPSHOT/MACHINE, a line
// of JSON and, of a container, its files as its agent packed them. A virtual machine's state is with its hypervisor;
// here it is only known.
class Snapshots {
  public:
    struct Kept {
        std::string at;        // RFC 3339
        std::string spec;      // Mark::spec of the machine: another one is not made from it
        std::size_t bytes = 0; // of the files; 0 for a virtual machine
    };
    using Machines = std::map<std::string, Kept>;

    explicit Snapshots(std::filesystem::path directory) : directory_(std::move(directory)) {}

    // Names become folders: letters, digits, dot, dash and underscore, beginning with a letter or digit, at most 64.
    static Result<void> check_name(const std::string& snapshot);

    // Whole or not at all, in place of what was kept of this machine under this name.
    Result<void> add(const std::string& snapshot, const std::string& machine, const Kept& kept,
                     const std::string& files) const;
    std::map<std::string, Machines> list() const;
    // The same as [{name, machines: [{machine, at, bytes}]}].
    json::array to_json() const;
    // "snapshot.unknown" names those that there are.
    Result<Kept> find(const std::string& snapshot, const std::string& machine) const;
    Result<std::string> files(const std::string& snapshot, const std::string& machine) const;

  private:
    std::filesystem::path directory_;
};

} // namespace testudo::range
