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
          Limits limits = {});
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
    // One of up, down and reset is under way.
    bool busy() const { return busy_; }
    // Looks for the agents of all machines that run as planned, and changes nothing. `done` tells which those are not.
    void attach(std::function<void(Result<std::vector<MachineStatus>>)> done);
    void status(std::function<void(Result<std::vector<MachineStatus>>)> done);

    Guests& guests() { return guests_; }
    // A machine stopped running by itself or by a stranger's hand, by Machine::id.
    void on_gone(std::function<void(const std::string& machine, const std::string& reason)> gone) {
        gone_ = std::move(gone);
    }

  private:
    void begin();
    Done ending(Done done);
    void with_memory_for(std::vector<Step> todo, const Done& refused, std::function<void(std::vector<Step>)> go);
    void with_guard(const Done& refused, std::function<void()> go);
    void without_guard(const Outcome& outcome, const Done& done);
    void run(const std::string& command, std::vector<Step> steps, OnProgress progress,
             std::function<void(Outcome)> done);
    void sweep(int rounds_left, Outcome so_far, OnProgress progress, Done done);
    void vanished(const MachineRef& machine, const std::string& reason);
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
    std::set<std::string> taken_; // machines that are being reset: that they go is no news
    std::function<void(const std::string&, const std::string&)> gone_;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::range
