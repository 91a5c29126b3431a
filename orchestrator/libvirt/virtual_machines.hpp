#pragma once
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "orchestrator/libvirt/connections.hpp"
#include "orchestrator/libvirt/files.hpp"
#include "orchestrator/libvirt/golden_store.hpp"
#include "orchestrator/libvirt/snapshot_store.hpp"

namespace testudo::libvirt {

// How virtual machines come to be: as clones of a golden machine, which is made when the first of its kind is asked
// for; by a cold boot where that does not work; or from a state that was saved. Every member blocks; several threads
// may be in it at once.
class VirtualMachines {
  public:
    // Told from any thread: what is being waited for, or why something took the longer way.
    using Notice = std::function<void(const std::string& object, const std::string& text)>;

    VirtualMachines(Connections& connections, ImageStore& images, AgentStore& agent, const std::filesystem::path& data,
                    std::filesystem::path golden, std::string accel, bool clones, Notice notice)
        : connections_(connections), images_(images), agent_(agent), machines_(data / "machines"),
          goldens_(std::move(golden)), snapshots_(data / "snapshots"), accel_(std::move(accel)), clones_(clones),
          notice_(std::move(notice)) {}

    Result<void> create(const range::MachineSpec& spec);
    Result<void> save(const range::MachineRef& machine, const std::string& snapshot);
    Result<void> restore(const range::MachineSpec& spec, const std::string& snapshot);
    Result<void> forget(const range::MachineRef& machine, const std::string& snapshot) const {
        return snapshots_.forget(machine, snapshot);
    }

    // Golden machines that are being made are given up.
    void stop() { stopping_ = true; }
    // A golden machine that was found running: ends it if whoever made it is gone.
    void end_abandoned_golden(virDomainPtr domain, const Marked& marked) const;
    // Golden files that are of no use any more; once in this object's life.
    void tidy(virConnectPtr connection);
    MachineFiles& files() { return machines_; }

  private:
    // Why a machine was not made. `unfit` if it was for want of a saved state to wake up from, so that there is another
    // way.
    struct Failure {
        Error error;
        bool unfit = false;
    };
    using Made = tl::expected<void, Failure>;

    Result<GoldenKind> kind_of(virConnectPtr connection, const range::MachineSpec& spec);
    Result<GoldenStore::Golden> golden_for(virConnectPtr connection, const range::MachineSpec& spec,
                                           const GoldenKind& kind);
    Result<GoldenStore::Golden> make_golden(virConnectPtr connection, const range::MachineSpec& spec,
                                            const GoldenKind& kind);
    Result<void> boot_and_save(virConnectPtr connection, const range::MachineSpec& spec, const GoldenKind& kind,
                               const GoldenStore::Golden& golden);
    Made clone(virConnectPtr connection, const range::MachineSpec& spec, const GoldenStore::Golden& golden);
    Made wake(virConnectPtr connection, const range::MachineSpec& spec, const std::filesystem::path& state,
              const VmFiles& files, bool plug_in);
    Result<void> boot(virConnectPtr connection, const range::MachineSpec& spec);

    Connections& connections_;
    ImageStore& images_;
    AgentStore& agent_;
    MachineFiles machines_;
    GoldenStore goldens_;
    SnapshotStore snapshots_;
    std::string accel_;
    bool clones_;
    Notice notice_;
    std::atomic<bool> stopping_ = false;

    // A golden machine that could not be made, so that not everybody who waited for it tries in turn.
    struct Attempt {
        std::string why;
        std::chrono::steady_clock::time_point failed;
    };
    std::mutex mutex_;                        // guards what follows
    std::map<std::string, Attempt> hopeless_; // by key
    bool tidied_ = false;
};

} // namespace testudo::libvirt
