#include "orchestrator/exercise/conditions.hpp"

#include <algorithm>
#include <limits>

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

template <class Each> void for_each_leaf(const When& when, Each each) {
    if (when.parts.empty())
        each(when);
    for (const auto& part : when.parts)
        for_each_leaf(part, each);
}

Moment after_inject(const When& when, const std::string& team, const State& state) {
    const auto moment = [&](const InjectState& s) -> Moment {
        if (when.what == "completed")
            return s.stage == Stage::completed ? Moment(s.done_ms) : std::nullopt;
        if (when.what == "failed")
            return s.stage == Stage::failed ? Moment(s.done_ms) : std::nullopt;
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
    for (const auto& id : state.acts_of(when.ref, team)) {
        const auto& act = state.acts().at(id);
        if (!act.observed)
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

// Whether a report of that kind has a grade on that side of the mark.
bool graded(const When& when, const std::string& team, const State& state) {
    return std::any_of(state.reports().begin(), state.reports().end(), [&](const auto& entry) {
        const auto& report = entry.second;
        if (report.team != team || report.kind != when.ref || !report.grade || report.grade->max_milli <= 0)
            return false;
        const auto mark = when.milli * report.grade->max_milli / 1'000;
        return when.what == "below" ? report.grade->total_milli < mark : report.grade->total_milli > mark;
    });
}

} // namespace

Conditions::Conditions(std::shared_ptr<const plan::Plan> plan) : plan_(std::move(plan)) {
    for (const auto& inject : plan_->injects)
        for_each_leaf(inject.when, [&](const When& leaf) {
            for (const auto& team : inject.teams) {
                if (leaf.kind == When::Kind::check || leaf.kind == When::Kind::effect || leaf.kind == When::Kind::grade)
                    open_[team].push_back(&leaf);
                else if (leaf.kind == When::Kind::score)
                    scores_.emplace_back(&leaf, team);
            }
        });
}

void Conditions::observe(const State& state, const scoring::Scores& scores, std::int64_t now_ms, const Turn& turn) {
    if (now_ms < 0)
        return;
    const Seen seen{state, scores, now_ms};
    auto next = std::numeric_limits<std::int64_t>::max();
    const auto became_true = [&](const When* when, const std::string& team) {
        const auto from = leaf(*when, team, seen);
        if (!from || *from > now_ms) {
            next = std::min(next, from.value_or(next));
            return false;
        }
        remembered_.emplace(Key(when, team), *from);
        return true;
    };
    std::erase_if(scores_, [&](const Key& key) { return became_true(key.first, key.second); });
    next = std::numeric_limits<std::int64_t>::max();
    const auto look = [&](const std::string& team, std::vector<const When*>& leaves) {
        std::erase_if(leaves, [&](const When* when) { return became_true(when, team); });
    };
    if (turn.all || now_ms >= next_ms_) {
        for (auto& [team, leaves] : open_)
            look(team, leaves);
        next_ms_ = next;
        return;
    }
    for (const auto& team : turn.teams)
        if (const auto found = open_.find(team); found != open_.end())
            look(team, found->second);
    next_ms_ = std::min(next_ms_, next);
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
    case When::Kind::grade:
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
    if (!remembered_.empty())
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
    case When::Kind::grade:
        return graded(when, team, seen.state) ? Moment(seen.now_ms) : std::nullopt;
    case When::Kind::score: {
        const auto total = seen.scores.total_milli(team);
        return (when.what == "below" ? total < when.milli : total > when.milli) ? Moment(seen.now_ms) : std::nullopt;
    }
    default:
        return {};
    }
}

} // namespace testudo::exercise
