#include "orchestrator/exercise/projection.hpp"

#include <algorithm>

#include "orchestrator/exercise/scoring_model.hpp"
#include "orchestrator/exercise/words.hpp"

namespace testudo::exercise {

Projection::Projection(std::shared_ptr<const plan::Plan> plan)
    : plan_(std::move(plan)), state_(plan_), scores_(std::make_shared<const scoring::Model>(scoring_model(*plan_))),
      conditions_(plan_) {}

Result<Projection> Projection::from(const Event& created) {
    if (created.kind != "exercise.created")
        return fail("log.malformed", "", "the log does not begin with exercise.created");
    auto plan = plan::plan_from_json(object_or_empty(created.body, "plan"));
    if (!plan)
        return tl::unexpected(plan.error());
    Projection projection(std::make_shared<const plan::Plan>(std::move(*plan)));
    projection.apply(created);
    return projection;
}

void Projection::apply(const Event& event) {
    conditions_.observe(state_, scores_, event.exercise_ms, {});
    open_history_step(event);
    state_.apply(event);
    scores_.apply(event);
    const auto turn = turn_of(event);
    count(turn);
    conditions_.observe(state_, scores_, event.exercise_ms, turn);
    if (event.kind == "exercise.started")
        wall_start_ms_ = event.wall_ms;
    last_ms_ = std::max(last_ms_, event.exercise_ms);
    keep_words(event);
    keep_moments(event);
}

// Most events are probes that say what was known.
Conditions::Turn Projection::turn_of(const Event& event) const {
    if (event.kind != "check.sample")
        return event.scope.empty() ? Conditions::Turn{true, {}} : Conditions::Turn{false, {event.scope}};
    Conditions::Turn turn;
    for (const auto& change : scores_.changes())
        if (const auto& team = plan_->checks[change.check].team; !team.empty())
            turn.teams.push_back(team);
    return turn;
}

void Projection::count(const Conditions::Turn& turn) {
    if (turn.none())
        return;
    ++turns_;
    if (turn.all)
        turns_of_all_ = turns_;
    for (const auto& team : turn.teams)
        turns_of_[team] = turns_;
}

std::uint64_t Projection::turns_of(const std::string& team) const {
    const auto found = turns_of_.find(team);
    return found == turns_of_.end() ? turns_of_all_ : std::max(turns_of_all_, found->second);
}

void Projection::open_history_step(const Event& event) {
    if (event.exercise_ms < 0)
        return;
    const auto step = event.exercise_ms / history_step_ms * history_step_ms;
    if (step != history_open_ms_ && history_stale_)
        keep_history();
    history_open_ms_ = step;
    history_stale_ = true;
}

void Projection::keep_history() const {
    history_stale_ = false;
    for (const auto& team : scores_.model().teams) {
        auto& points = history_[team.id];
        const auto total = scores_.total_milli(team.id);
        const auto at = points.lower_bound(history_open_ms_);
        // The same whether somebody looked in between or not.
        if (at != points.begin() && std::prev(at)->second == total)
            points.erase(at, points.end());
        else
            points[history_open_ms_] = total;
    }
}

const Projection::History& Projection::history() const {
    if (history_stale_)
        keep_history();
    return history_;
}

void Projection::keep_words(const Event& event) {
    auto text = words(event, *plan_);
    for (const auto& change : scores_.changes()) {
        const auto& check = plan_->checks[change.check];
        if (event.kind == "check.ruled" || event.kind == "exercise.ended")
            break;
        text += (text.empty() ? "" : "; ") +
                words_of_change(check, scores_.status(change.check), event, state_.clock().rate_milli, *plan_, true);
    }
    if (text.empty())
        return;
    log_.push_back({event.seq, event.wall_ms, event.exercise_ms, event.kind, event.scope, std::move(text)});
    if (log_.size() > log_length)
        log_.pop_front();
}

void Projection::keep_moments(const Event& event) {
    const auto at = std::max<std::int64_t>(0, event.exercise_ms);
    const auto& kind = event.kind;
    const auto mark = [&](const char* as, bool told) {
        const auto text = words(event, *plan_);
        moments_.push_back({at, event.seq, as, event.scope, text, told ? text : ""});
    };
    if (kind == "exercise.phase")
        mark("phase", true);
    else if (kind.starts_with("exercise.") && kind != "exercise.created")
        mark("exercise", true);
    else if (kind == "inject.fired")
        mark("inject", false); // its title is the white team's
    else if (kind == "effect.observed")
        mark("effect", false);
    else if (kind == "report.filed")
        mark("report", true);
    const auto out = [](scoring::Verdict v) { return v == scoring::Verdict::down || v == scoring::Verdict::faulty; };
    for (const auto& change : scores_.changes()) {
        const auto& status = scores_.status(change.check);
        const auto& check = plan_->checks[change.check];
        if (check.team.empty() || out(status.verdict) == out(change.before))
            continue;
        const auto rate = state_.clock().rate_milli;
        // What users meet is charged to nobody, so it is no outage.
        moments_.push_back({status.since_ms, event.seq, check.users.empty() ? "outage" : "users", check.team,
                            words_of_change(check, status, event, rate, *plan_, true),
                            words_of_change(check, status, event, rate, *plan_, check.tell != "white")});
    }
}

} // namespace testudo::exercise
