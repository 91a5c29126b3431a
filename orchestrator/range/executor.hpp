#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/range/guests.hpp"
#include "orchestrator/range/journal.hpp"
#include "orchestrator/range/progress.hpp"
#include "orchestrator/range/snapshots.hpp"

namespace testudo::range {

// Carries steps out, as many side by side as is good for the host. A failed step takes those that need it with it and
// leaves the others alone.
//
//   waiting ──all before it done, lane free──► running ──► done
//      │                                         │  └─ failed twice ─► failed
//      └──one before it failed or was skipped──► skipped
//
// make-ready runs outside of the lanes while it waits for the agent, and takes a lane while the agent works.
class Executor {
  public:
    struct Limits {
        std::size_t calls = 6;         // to the hypervisor
        std::size_t personalising = 6; // agents at work
        Millis agent{240'000};         // for an agent to answer first; a full machine boots within it
        Millis personalise{180'000};
        Millis retry{1'000}; // pause before the second try of a hypervisor's call
    };
    using Done = std::function<void(Outcome)>;

    Executor(Loop& loop, Hypervisor& hypervisor, Guests& guests, Journal& journal, const Goal& goal, Limits limits);
    ~Executor();

    // For steps with a snapshot, before run().
    void use(Snapshots snapshots) { snapshots_ = std::move(snapshots); }
    // Once. `done` is called from a later task; the executor may be destroyed in it.
    void run(std::vector<Step> steps, OnProgress progress, Done done);
    // What the hypervisor says of a call that takes long.
    void note(const std::string& object, const std::string& text);

  private:
    enum class State { waiting, running, done, failed, skipped };
    enum class Lane { calls, personalising };

    void advance();
    bool may_start(std::size_t i);
    void start(std::size_t i);
    void call_hypervisor(std::size_t i, int attempts_left);
    void make_ready(std::size_t i);
    void ask_status(std::size_t i);
    void personalise(std::size_t i);
    void ask_to_personalise(std::size_t i, json::object body);
    void keep(std::size_t i);
    void kept(std::size_t i, Result<std::string> files);
    void finish(std::size_t i, const Result<void>& result, bool changed);
    void skip_dependants();
    void report();
    void tick();
    bool ended() const;

    // Wraps a continuation so that it does nothing once the executor is gone.
    template <class F> auto while_alive(F f) {
        return [alive = std::weak_ptr(alive_), f = std::move(f)](auto&&... values) mutable {
            if (!alive.expired())
                f(std::forward<decltype(values)>(values)...);
        };
    }

    Loop& loop_;
    Hypervisor& hypervisor_;
    Guests& guests_;
    Journal& journal_;
    const Goal& goal_;
    Limits limits_;
    std::optional<Snapshots> snapshots_;
    std::vector<Step> steps_;
    std::vector<State> states_;
    std::map<std::size_t, SteadyTime> began_;
    std::map<std::size_t, std::string> waits_for_;
    std::map<Lane, std::size_t> busy_;
    std::deque<std::size_t> to_personalise_;
    std::set<std::size_t> journalled_;
    Estimate estimate_;
    Outcome outcome_;
    std::string last_;
    OnProgress progress_;
    Done done_;
    TimerId ticking_ = 0;
    bool finished_ = false;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

} // namespace testudo::range
