#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/exercise/action_runner.hpp"
#include "orchestrator/exercise/check_runner.hpp"
#include "orchestrator/exercise/guests.hpp"
#include "orchestrator/exercise/projection.hpp"
#include "orchestrator/exercise/recorder.hpp"

namespace testudo::exercise {

// The live exercise: keeps its clock, fires its timeline, runs its checks and takes the controllers' orders. All that
// happens goes through the log first; all that it knows it knows from the log. The rules are in docs/timeline.md.
// On the loop's thread only; may not be destroyed from within one of its own callbacks.
class Engine {
  public:
    struct Origin {
        std::string template_file;
        std::string program; // version
    };

    Engine(Loop& loop, plan::Plan plan, EventStore& store, Guests& guests, Origin origin);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Once, before all else: begins a new log, or takes up the one that is there, late injects and doubtful acts
    // included.
    Result<void> open();
    // Says in the log that the controller ends in good order; an exercise that runs goes on when the next one opens.
    void close();

    const Projection& projection() const { return projection_; }
    // Exercise time of this moment; 0 before STARTEX.
    ExerciseTime now() const { return clock_.now(); }

    // Called with every batch of events after it is written and folded. Must not call back into the engine.
    void on_events(Recorder::Observer observer) { observer_ = std::move(observer); }
    // Called when the log cannot be written (the exercise is paused until it can) and when it can again.
    void on_fault(Recorder::Fault observer) { fault_observer_ = std::move(observer); }

    // What the range knows of a machine. The engine itself calls a machine ready once its agent says that it was set
    // up, and lost when the agent has been away for some seconds.
    void machine_state(const std::string& machine, const std::string& state, const std::string& reason);

    // A host was lost with these machines on it: they are lost, and no check of their teams is charged until each is
    // ready again, wherever that is. Told twice it is recorded once.
    void host_lost(const std::string& host, const std::string& reason, const std::vector<std::string>& machines);
    // It is back. Its machines are ready once their agents answer.
    void host_returned(const std::string& host);

    // The machines are about to be made anew from their images, or `to` a snapshot; `requested`: their team asked for
    // it. Refused after ENDEX.
    Result<void> machines_reset(const std::vector<std::string>& machines, bool requested, const std::string& by,
                                const std::string& reason, const std::string& to = "");
    // A snapshot of the machine was made, or could not be: why.
    void machine_kept(const std::string& machine, const std::string& snapshot, const std::string& by,
                      const std::string& problem);

    // What a check of the range's isolation found: {leaks, findings, ...} of docs/events.md. While the newest one has
    // leaks the exercise neither starts, nor goes on, nor fires anything; if it runs, it is paused.
    Result<void> isolation_checked(json::object report, const std::string& by);

    Result<void> start(const std::string& by, std::int64_t rate_milli = 1000);
    Result<void> pause(const std::string& by, const std::string& reason);
    Result<void> resume(const std::string& by, const std::string& reason);
    Result<void> end(const std::string& by);

    // team "": all teams of the inject that it can still happen to.
    Result<void> fire(const std::string& inject, const std::string& team, const std::string& by,
                      const std::string& reason = "");
    Result<void> hold(const std::string& inject, const std::string& team, const std::string& by,
                      const std::string& reason);
    Result<void> release(const std::string& inject, const std::string& team, const std::string& by,
                         const std::string& reason);
    Result<void> skip(const std::string& inject, const std::string& team, const std::string& by,
                      const std::string& reason);

    struct FiledReport {
        std::string kind;
        std::string message; // that it answers; may be empty
        std::string author;
        std::string text;
    };
    // Returns the report's id.
    Result<std::string> file_report(const std::string& team, const FiledReport& report);
    // grades: milli-points per item of the message's rubric; items left out count 0.
    Result<void> grade(const std::string& report, const json::object& grades, const std::string& comment,
                       const std::string& by);

    struct Ruling {
        std::string check; // name, or id of one team's instance
        std::string team;  // "" = all; must agree with an id
        std::int64_t from_ms = 0;
        std::int64_t to_ms = 0;
        std::string ruling; // "void", "charge"
        std::string reason;
    };
    Result<void> rule(const Ruling& ruling, const std::string& by);
    Result<void> adjust(const std::string& team, const std::string& category, std::int64_t milli,
                        const std::string& reason, const std::string& by);

  private:
    struct Due {
        const plan::Inject* inject;
        std::string team;
        std::int64_t since_ms;
    };
    using Teams = std::vector<std::string>;

    const plan::Plan& plan() const { return projection_.plan(); }
    const State& state() const { return projection_.state(); }
    Result<void> commit(std::string kind, std::string scope, json::object body, std::string label = "");
    // The exercise is in one of these states, and the log can be written.
    Result<void> require(std::initializer_list<Run> runs, const char* doing);
    Result<void> require_closed(const char* doing) const;
    Result<const plan::Inject*> inject_for(const std::string& id, const std::string& team) const;
    // The teams of the inject, or the one, for which it has one of these stages.
    Teams teams_at(const plan::Inject& inject, const std::string& team, std::initializer_list<Stage> stages) const;
    Result<void> change_stage(const char* kind, std::initializer_list<Stage> from, const std::string& inject,
                              const std::string& team, const std::string& by, const std::string& reason);

    Result<void> take_up();
    void late_injects();
    void follow_agents();
    void greet(const std::string& machine);
    void look_for_lost();
    // Clock and checks as the folded state says.
    void follow_state();
    void halt(const Error& error);

    // Does what is due on the timeline, and sets the alarm for what comes next.
    void advance();
    void advance_soon();
    void advance_if_turned();
    bool begin_phases();
    bool fire_due();
    void set_alarm();
    // What has come due; sets when the next will if nothing happens.
    std::vector<Due> due();
    Result<void> fire_for(const plan::Inject& inject, const Teams& teams, const std::string& cause,
                          const std::string& by, const std::string& reason = "");

    Loop& loop_;
    EventStore& store_;
    Guests& guests_;
    Origin origin_;
    ExerciseClock clock_;
    Projection projection_;
    Recorder::Observer observer_;
    Recorder::Fault fault_observer_;
    Recorder recorder_;
    CheckRunner checks_;
    ActionRunner actions_;
    struct Waiting { // an inject for a team that it was neither fired nor skipped for
        const plan::Inject* inject;
        std::size_t place;                // of the team in the inject
        std::optional<std::int64_t> from; // as of the latest turn; none while it is held
        bool over = false;
    };
    struct Queue { // those that the same events may change
        std::uint64_t turn = 0;
        std::int64_t next_ms = 0; // the first of their moments
        std::vector<Waiting> waiting;
    };
    void look_at(Waiting& waiting, std::int64_t now_ms) const;
    void review(Queue& queue, std::uint64_t turn, bool turned, std::vector<Due>& out);
    std::map<std::string, Queue> own_; // by team: what hangs on its own events
    Queue others_;
    ExerciseTime next_due_{0};
    std::uint64_t turns_seen_ = 0;
    TimerId alarm_ = 0;
    TimerId look_ = 0;
    bool advance_posted_ = false;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0); // posted tasks hold it weakly
};

} // namespace testudo::exercise
