#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "orchestrator/range/executor.hpp"

namespace testudo::range {

// One exercise's range: brings it up, takes it down, and holds the line to its machines' agents.
//
// Everything on the loop's thread; one of up, down, reset and attach at a time. Killed anywhere, the next up finishes
// what was begun, or the next down undoes it.
class Range {
  public:
    using Limits = Executor::Limits;
    // An error means that nothing could be done at all (the hypervisor is not there); failures of single steps are in
    // the Outcome.
    using Done = std::function<void(Result<Outcome>)>;

    struct MachineStatus {
        std::string machine; // Machine::id
        MachineRef ref;
        std::string state; // "running", "missing", or the hypervisor's word
        bool as_planned = false;
        bool connected = false; // to its agent
    };

    Range(Loop& loop, Hypervisor& hypervisor, Journal& journal, const plan::Plan& plan, std::string_view seed,
          Limits limits = {}, const Placement& placement = {});
    // Without a plan: can only take the exercise down, by the marks of its objects.
    Range(Loop& loop, Hypervisor& hypervisor, Journal& journal, std::string exercise);
    ~Range();

    // What up would do now, in order, with reasons; does nothing.
    void steps(std::function<void(Result<std::vector<Step>>)> done);
    // `about_to` is told what will be done, just before it begins.
    using AboutTo = std::function<void(const std::vector<Step>&)>;
    void up(AboutTo about_to, OnProgress progress, Done done);
    void down(OnProgress progress, Done done);
    // Makes these machines anew from their images.
    void reset(const std::set<std::string>& machines, OnProgress progress, Done done);
    // From now on machines belong elsewhere (evacuation); the next up moves them. Not while busy.
    void place(const plan::Plan& plan, std::string_view seed, const Placement& placement);
    // Keeps machines that run as planned, as they are now.
    void keep(const std::set<std::string>& machines, const std::string& snapshot, const Snapshots& snapshots,
              OnProgress progress, Done done);
    // Makes these machines anew, as they were kept. Nothing is touched unless all of them were, from the same template.
    void roll_back(const std::set<std::string>& machines, const std::string& snapshot, const Snapshots& snapshots,
                   OnProgress progress, Done done);
    // One of up, down, reset, keep and roll_back is under way.
    bool busy() const { return busy_; }
    // Looks for the agents of all machines that run as planned, and changes nothing. `done` tells which those are not.
    void attach(std::function<void(Result<std::vector<MachineStatus>>)> done);
    void status(std::function<void(Result<std::vector<MachineStatus>>)> done);

    Guests& guests() { return guests_; }
    // A machine stopped running by itself or by a stranger's hand, by Machine::id.
    void on_gone(std::function<void(const std::string& machine, const std::string& reason)> gone) {
        gone_ = std::move(gone);
    }
    // A host was lost, or is back, with the machines (Machine::id) that belong on it. Of those on a lost one on_gone is
    // told before; the agents of those that still run on one that is back are looked for at once.
    using HostChange = std::function<void(const std::string& host, bool up, const std::string& reason,
                                          const std::vector<std::string>& machines)>;
    void on_host(HostChange change) { host_change_ = std::move(change); }
    // Those that are lost now, with the reason.
    LostHosts lost_hosts() const { return hypervisor_.lost(); }

  private:
    void host_changed(const std::string& host, bool up, const std::string& reason);
    void begin();
    Done ending(Done done);
    void with_memory_for(std::vector<Step> todo, const Done& refused, std::function<void(std::vector<Step>)> go);
    void with_guard(const Done& refused, std::function<void()> go);
    void without_guard(const Outcome& outcome, const Done& done);
    void run(const std::string& command, std::vector<Step> steps, OnProgress progress,
             std::function<void(Outcome)> done, const std::optional<Snapshots>& snapshots = {});
    void make_anew(const std::string& command, const std::set<std::string>& machines, const std::string& snapshot,
                   const std::optional<Snapshots>& snapshots, OnProgress progress, Done done);
    void sweep(int rounds_left, Outcome so_far, OnProgress progress, Done done);
    void vanished(const MachineRef& machine, const std::string& reason);
    // One for each machine that up could do nothing about.
    void add_lost(Outcome& outcome) const;
    std::vector<MachineStatus> statuses(const std::vector<Observed>& observed) const;

    template <class F> auto while_alive(F f) {
        return [alive = std::weak_ptr(alive_), f = std::move(f)](auto&&... values) mutable {
            if (!alive.expired())
                f(std::forward<decltype(values)>(values)...);
        };
    }

    Loop& loop_;
    Hypervisor& hypervisor_;
    Journal& journal_;
    Goal goal_;
    Limits limits_;
    Guests guests_;
    std::unique_ptr<Executor> executor_;
    bool busy_ = false;
    bool look_again_ = false;     // a host came back meanwhile
    std::set<std::string> taken_; // machines that are being reset: that they go is no news
    std::function<void(const std::string&, const std::string&)> gone_;
    HostChange host_change_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::range
