#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/event.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::exercise {

//   provisioning ──every machine was ready──► ready ──started──► running ⇄ paused ──ended──► ended
enum class Run { provisioning, ready, running, paused, ended };
std::string_view word_of(Run run);

//   scheduled ⇄ held        fired ──► completed
//       └───────┴──► fired    └─────► failed
//       └───────┴──► skipped
enum class Stage { scheduled, held, fired, failed, completed, skipped }; // least advanced first
std::string_view word_of(Stage stage);

struct InjectState { // one inject as it concerns one team
    Stage stage = Stage::scheduled;
    std::int64_t fired_ms = -1;
    std::int64_t done_ms = -1; // completed or failed
    std::string reason;        // why held, skipped or failed
    std::uint64_t seq = 0;
};

struct ActState { // one execution of an action on one target
    std::string inject;
    std::string team;
    std::size_t target = 0; // position in plan::Inject::targets
    std::string outcome;    // "" while unanswered
    std::string evidence;
    std::string detail;
    bool observed = false; // its effect was looked at
    bool holds = false;
    std::int64_t since_ms = 0; // of `holds`
};

struct Message {
    std::string team;
    std::string inject;
    std::string from;
    std::string subject;
    std::string body;
    json::object expects; // as in the event; empty if nothing
    std::int64_t at_ms = 0;
    std::int64_t wall_ms = 0;
    bool during_pause = false;
    std::string report;  // the latest that answers it
    std::string channel; // "news", "call", "order"; "" = mail
};

struct Grade {
    json::object grades;
    std::int64_t total_milli = 0;
    std::int64_t max_milli = 0;
    std::string comment;
    std::string by;
};

struct Report {
    std::string team;
    std::string kind;
    std::string message;
    std::string author;
    std::string text;
    std::int64_t at_ms = 0;
    std::int64_t wall_ms = 0;
    std::optional<Grade> grade; // the latest
};

struct MachineState {
    std::string state; // "" before the first event
    std::string reason;
};

struct ClockBase { // exercise time at a moment of wall time; runs on from there if running
    std::int64_t exercise_ms = 0;
    std::int64_t wall_ms = 0;
    std::int64_t rate_milli = 1000;
    bool running = false;
};

// Orders pairs of names; they can be looked for by views.
struct ByNames {
    using is_transparent = void;
    template <class A, class B> bool operator()(const A& a, const B& b) const {
        const auto first = std::string_view(a.first).compare(b.first);
        return first != 0 ? first < 0 : std::string_view(a.second) < std::string_view(b.second);
    }
};

// What is going on, as a fold over the log; what it is worth is scoring::Scores.
class State {
  public:
    explicit State(std::shared_ptr<const plan::Plan> plan);

    void apply(const Event& event);

    const plan::Plan& plan() const { return *plan_; }
    Run run() const;
    bool was_started() const { return phase_of_run_ != Run::ready; }
    const ClockBase& clock() const { return clock_; }
    const std::string& phase() const { return phase_; }
    // When each phase began; absent before.
    const std::map<std::string, std::int64_t>& phases() const { return phases_; }
    // nullptr if the inject does not concern the team.
    const InjectState* inject(const std::string& id, const std::string& team) const;
    const std::map<std::string, ActState>& acts() const { return acts_; }
    // Ids of the acts of one inject on one team.
    const std::vector<std::string>& acts_of(const std::string& inject, const std::string& team) const;
    const std::map<std::string, Message>& messages() const { return messages_; }
    const std::map<std::string, Report>& reports() const { return reports_; }
    const std::map<std::string, MachineState>& machines() const { return machines_; }
    // Host::id of those that are lost, with the reason.
    const std::map<std::string, std::string>& lost_hosts() const { return lost_hosts_; }
    // The newest report on the range's isolation, with its `seq`; empty if there was none.
    const json::object& isolation() const { return isolation_; }
    // "portal@north to db@south (198.18.12.30 port 5432): accepted"; "" if there is none.
    std::string first_leak() const;
    // First report of a kind that a team filed, exercise time; nothing if none.
    std::optional<std::int64_t> first_report(const std::string& team, const std::string& kind) const;
    // Differs between two exercises from the same plan, so that the agents never take one's act for the other's.
    const std::string& run_id() const { return run_id_; }
    std::uint64_t seq() const { return seq_; }

  private:
    void apply_run(const Event& event);
    void apply_inject(const Event& event);
    void apply_act(const Event& event);
    void apply_message(const Event& event);
    void base_clock(const Event& event, bool running);
    template <class Change> void change_injects(const Event& event, Change change);

    std::shared_ptr<const plan::Plan> plan_;
    Run phase_of_run_ = Run::ready; // `provisioning` follows from the machines
    ClockBase clock_;
    std::string phase_;
    std::map<std::string, std::int64_t> phases_;
    std::map<std::pair<std::string, std::string>, InjectState, ByNames> injects_; // inject, team
    std::map<std::string, ActState> acts_;
    std::map<std::pair<std::string, std::string>, std::vector<std::string>, ByNames> acts_of_; // inject, team
    std::map<std::string, Message> messages_;
    std::map<std::string, Report> reports_;
    std::map<std::string, MachineState> machines_;
    std::set<std::string> not_ready_; // machines that have not been ready yet
    std::map<std::string, std::string> lost_hosts_;
    json::object isolation_;
    std::string run_id_;
    std::uint64_t seq_ = 0;
};

} // namespace testudo::exercise
