#pragma once
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/exercise/conditions.hpp"
#include "orchestrator/exercise/state.hpp"
#include "scoring/fold.hpp"

namespace testudo::exercise {

struct LogLine {
    std::uint64_t seq = 0;
    std::int64_t wall_ms = 0;
    std::int64_t exercise_ms = 0;
    std::string kind;
    std::string scope;
    std::string text;
};

struct Moment { // for the time bar
    std::int64_t at_ms = 0;
    std::uint64_t seq = 0;
    std::string kind; // "exercise", "phase", "inject", "effect", "outage", "users", "report"
    std::string team; // "" concerns all
    std::string text; // for those who steer
    std::string told; // for the team, or for all; "" when they are not told
};

// Everything that views show, folded from one prefix of the log: the live exercise and a replay use the same code, so
// they cannot differ. A copy is a snapshot.
class Projection {
  public:
    explicit Projection(std::shared_ptr<const plan::Plan> plan);
    // From the first event of a log.
    static Result<Projection> from(const Event& created);

    void apply(const Event& event);

    const plan::Plan& plan() const { return *plan_; }
    const State& state() const { return state_; }
    const scoring::Scores& scores() const { return scores_; }
    const Conditions& conditions() const { return conditions_; }

    // Team -> exercise time -> total: the last total of every 10 s in which it changed.
    using History = std::map<std::string, std::map<std::int64_t, std::int64_t>>;
    static constexpr std::int64_t history_step_ms = 10'000;
    const History& history() const;

    static constexpr std::size_t log_length = 200;
    const std::deque<LogLine>& log() const { return log_; }
    const std::vector<Moment>& moments() const { return moments_; }
    // Counts the events after which a condition may say something else, scores aside; and what the count was after the
    // last of them that concerned a team.
    std::uint64_t turns() const { return turns_; }
    std::uint64_t turns_of(const std::string& team) const;
    // Wall time of STARTEX; 0 before it.
    std::int64_t wall_start_ms() const { return wall_start_ms_; }
    // Exercise time of the last event; 0 before STARTEX.
    std::int64_t last_ms() const { return last_ms_; }

  private:
    Conditions::Turn turn_of(const Event& event) const;
    void count(const Conditions::Turn& turn);
    void open_history_step(const Event& event);
    void keep_history() const;
    void keep_words(const Event& event);
    void keep_moments(const Event& event);

    std::shared_ptr<const plan::Plan> plan_;
    State state_;
    scoring::Scores scores_;
    Conditions conditions_;
    // The totals of the step that is open are only worked out when somebody asks, or the next step begins.
    mutable History history_;
    mutable bool history_stale_ = false;
    std::int64_t history_open_ms_ = -1;
    std::deque<LogLine> log_;
    std::vector<Moment> moments_;
    std::int64_t wall_start_ms_ = 0;
    std::int64_t last_ms_ = 0;
    std::uint64_t turns_ = 0;
    std::uint64_t turns_of_all_ = 0;
    std::map<std::string, std::uint64_t> turns_of_;
};

} // namespace testudo::exercise
