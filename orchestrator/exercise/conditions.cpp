#include "orchestrator/exercise/conditions.hpp"

#include <algorithm>

namespace testudo::exercise {
namespace {

using plan::When;
using Moment = std::optional<std::int64_t>;

Moment later_of(Moment a, Moment b) {
    return a && b ? Moment(std::max(*a, *b)) : std::nullopt;
}

Moment earlier_of(Moment a, Moment b) {
    return a && b ? Moment(std::min(*a, *b)) : (a ? a : b);
}

void collect(const When& when, const std::vector<std::string>& teams,
             std::vector<std::pair<const When*, std::string>>& out) {
    if (when.kind == When::Kind::check || when.kind == When::Kind::effect || when.kind == When::Kind::score)
        for (const auto& team : teams)
            out.emplace_back(&when, team);
    for (const auto& part : when.parts)
        collect(part, teams, out);
}

Moment after_inject(const When& when, const std::string& team, const State& state) {
    const auto moment = [&](const InjectState& s) -> Moment {
        if (when.what == "completed")
            return s.stage == Stage::completed ? Moment(s.done_ms) : std::nullopt;
        return s.fired_ms >= 0 ? Moment(s.fired_ms) : std::nullopt;
    };
    if (const auto* own = state.inject(when.ref, team))
        return moment(*own);
    Moment first;
    if (const auto* inject = plan::find_inject(state.plan(), when.ref))
        for (const auto& other : inject->teams)
            first = earlier_of(first, moment(*state.inject(when.ref, other)));
    return first;
}

Moment phase_begin(const When& when, const State& state) {
    if (const auto it = state.phases().find(when.ref); it != state.phases().end())
        return it->second;
    for (const auto& phase : state.plan().phases)
        if (phase.id == when.ref)
            return phase.at.count();
    return {};
}

Moment check_since(const When& when, const std::string& team, const scoring::Scores& scores) {
    const auto* status = scores.status(when.ref + "@" + team);
    if (!status)
        return {};
    using scoring::Verdict;
    const auto v = status->verdict;
    const bool met = when.what == "down" ? v == Verdict::down || v == Verdict::faulty
                     : when.what == "ok" ? v == Verdict::ok || v == Verdict::degraded
                                         : scoring::word_of(v) == when.what;
    return met ? Moment(status->since_ms) : std::nullopt;
}

Moment effect_since(const When& when, const std::string& team, const State& state) {
    Moment first;
    bool any_holds = false;
    Moment gone;
    for (const auto& [id, act] : state.acts()) {
        if (act.inject != when.ref || act.team != team || !act.observed)
            continue;
        any_holds = any_holds || act.holds;
        if (act.holds)
            first = earlier_of(first, act.since_ms);
        else
            gone = gone ? std::max(gone, Moment(act.since_ms)) : Moment(act.since_ms);
    }
    if (when.what == "gone")
        return any_holds ? std::nullopt : gone;
    return first;
}

} // namespace

Conditions::Conditions(std::shared_ptr<const plan::Plan> plan) : plan_(std::move(plan)) {
    for (const auto& inject : plan_->injects)
        collect(inject.when, inject.teams, open_);
}

void Conditions::observe(const State& state, const scoring::Scores& scores, std::int64_t now_ms) {
    if (now_ms < 0)
        return;
    const Seen seen{state, scores, now_ms};
    std::erase_if(open_, [&](const Key& key) {
        const auto from = leaf(*key.first, key.second, seen);
        if (!from || *from > now_ms)
            return false;
        remembered_.emplace(key, *from);
        return true;
    });
}

Moment Conditions::true_from(const plan::Inject& inject, const std::string& team, const State& state,
                             const scoring::Scores& scores, std::int64_t now_ms) const {
    return eval(inject.when, inject, team, {state, scores, now_ms});
}

Moment Conditions::eval(const When& when, const plan::Inject& inject, const std::string& team, const Seen& seen) const {
    switch (when.kind) {
    case When::Kind::all: {
        Moment from = 0;
        for (const auto& part : when.parts)
            from = later_of(from, eval(part, inject, team, seen));
        return from;
    }
    case When::Kind::any: {
        Moment from;
        for (const auto& part : when.parts)
            from = earlier_of(from, eval(part, inject, team, seen));
        return from;
    }
    case When::Kind::negation: {
        for (const auto& part : when.parts) {
            const auto from = eval(part, inject, team, seen);
            if (from && *from <= seen.now_ms)
                return {};
        }
        return 0;
    }
    case When::Kind::check:
    case When::Kind::effect:
    case When::Kind::report:
    case When::Kind::score:
        if (!inject.per_team)
            break;
        [[fallthrough]];
    default:
        return leaf(when, team, seen);
    }
    Moment first;
    for (const auto& one : inject.teams)
        first = earlier_of(first, leaf(when, one, seen));
    return first;
}

Moment Conditions::leaf(const When& when, const std::string& team, const Seen& seen) const {
    if (const auto it = remembered_.find({&when, team}); it != remembered_.end())
        return it->second;
    const auto plus_time = [&](Moment m) { return m ? Moment(*m + when.time.count()) : std::nullopt; };
    switch (when.kind) {
    case When::Kind::at:
        return when.time.count();
    case When::Kind::after:
        return plus_time(after_inject(when, team, seen.state));
    case When::Kind::phase:
        return plus_time(phase_begin(when, seen.state));
    case When::Kind::check:
        return plus_time(check_since(when, team, seen.scores));
    case When::Kind::effect:
        return plus_time(effect_since(when, team, seen.state));
    case When::Kind::report:
        return plus_time(seen.state.first_report(team, when.ref));
    case When::Kind::score: {
        const auto total = seen.scores.total_milli(team);
        return (when.what == "below" ? total < when.milli : total > when.milli) ? Moment(seen.now_ms) : std::nullopt;
    }
    default:
        return {};
    }
}

} // namespace testudo::exercise
