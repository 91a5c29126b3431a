#include "orchestrator/rehearse/run.hpp"

#include <algorithm>

#include "orchestrator/rehearse/players.hpp"
#include "orchestrator/rehearse/reasons.hpp"

namespace testudo::rehearse {
namespace {

// A rehearsal looks at every event once, when it happens; nobody reads its log.
class ForgetfulStore final : public EventStore {
  public:
    Result<std::uint64_t> append(std::vector<Event>& events) override {
        const auto first = last_ + 1;
        for (auto& event : events)
            event.seq = ++last_;
        return first;
    }
    Result<void> read(std::uint64_t /*from*/, const std::function<bool(const Event&)>& /*each*/) const override {
        return {};
    }
    std::uint64_t last_seq() const override { return last_; }
    std::string head() const override { return std::string(chain_start); }

  private:
    std::uint64_t last_ = 0;
};

// Writes down what the report needs.
class Witness {
  public:
    Witness(const plan::Plan& plan, Run& run) : plan_(plan), run_(run) {
        for (std::size_t i = 0; i < plan.injects.size(); ++i)
            injects_.emplace(plan.injects[i].id, i);
    }

    void see(const Event& event) {
        ++run_.events;
        if (event.kind == "exercise.started")
            startex_ms_ = event.wall_ms;
        const auto at = std::max<std::int64_t>(0, event.exercise_ms);
        if (event.kind == "inject.fired")
            fired(event, at);
        else if (event.kind == "action.result")
            machines_[text_or(event.body, "act")] = text_or(event.body, "machine");
        else if (event.kind == "effect.observed")
            effect(event, at);
        else if (event.kind == "message.delivered")
            delivered(event, at);
        else if (event.kind == "report.filed")
            filed(event, at);
        else if (event.kind == "report.graded")
            graded(event, event.wall_ms - startex_ms_); // exercise time ends at ENDEX, grading need not
        else if (event.kind == "inject.failed")
            run_.failed.push_back({inject_of(event), event.scope, text_or(event.body, "reason")});
    }

  private:
    std::size_t inject_of(const Event& event) const { return injects_.at(text_or(event.body, "inject")); }

    void fired(const Event& event, std::int64_t at) {
        const auto inject = inject_of(event);
        const auto cause = text_or(event.body, "cause");
        if (!event.scope.empty()) {
            run_.firings.push_back({inject, event.scope, at, cause});
            return;
        }
        for (const auto& team : plan_.injects[inject].teams)
            run_.firings.push_back({inject, team, at, cause});
    }

    void effect(const Event& event, std::int64_t at) {
        const auto act = text_or(event.body, "act");
        if (!bool_or(event.body, "holds")) {
            if (const auto open = open_.find(act); open != open_.end()) {
                run_.spells[open->second].to_ms = at;
                open_.erase(open);
            }
            return;
        }
        if (!open_.try_emplace(act, run_.spells.size()).second)
            return;
        run_.spells.push_back({inject_of(event), event.scope, machines_[act], at, -1});
    }

    void delivered(const Event& event, std::int64_t at) {
        const auto& expects = object_or_empty(event.body, "expects");
        if (expects.empty())
            return;
        asked_[text_or(event.body, "message")] = run_.awaited.size();
        run_.awaited.push_back({inject_of(event), event.scope, at, int_or(expects, "due_ms"), -1, -1});
    }

    void filed(const Event& event, std::int64_t at) {
        const auto asked = asked_.find(text_or(event.body, "message"));
        if (asked == asked_.end())
            return;
        run_.awaited[asked->second].filed_ms = at;
        reports_[text_or(event.body, "report")] = asked->second;
    }

    void graded(const Event& event, std::int64_t at) {
        if (const auto report = reports_.find(text_or(event.body, "report")); report != reports_.end())
            run_.awaited[report->second].graded_ms = at;
    }

    const plan::Plan& plan_;
    Run& run_;
    std::int64_t startex_ms_ = 0;
    std::map<std::string, std::size_t> injects_;
    std::map<std::string, std::string> machines_; // by act
    std::map<std::string, std::size_t> open_;     // act -> spell
    std::map<std::string, std::size_t> asked_;    // message -> awaited
    std::map<std::string, std::size_t> reports_;  // report -> awaited
};

void sum_up(const exercise::Projection& end, Run& run) {
    const auto& plan = end.plan();
    for (std::size_t i = 0; i < plan.injects.size(); ++i)
        for (const auto& team : plan.injects[i].teams) {
            const auto* state = end.state().inject(plan.injects[i].id, team);
            if (state && state->fired_ms < 0)
                run.unfired.push_back({i, team, why_not(plan.injects[i], team, end, run)});
        }
    for (const auto& team : end.scores().model().teams) {
        TeamScore score{team.id, end.scores().total_milli(team.id), {}, {}};
        for (const auto& [category, line] : end.scores().lines(team.id))
            score.categories[category] = {line.milli, line.max_milli, line.contributes_milli};
        if (const auto history = end.history().find(team.id); history != end.history().end())
            score.history.assign(history->second.begin(), history->second.end());
        run.scores.push_back(std::move(score));
        for (const auto& users : plan.users)
            run.users.push_back({users.id, team.id, exercise::served(end, users.id, team.id)});
    }
}

} // namespace

Result<Run> play(const plan::Plan& plan, Behaviour behaviour) {
    Run run;
    run.behaviour = behaviour;
    VirtualLoop loop;
    ForgetfulStore store;
    World world(loop, plan);
    exercise::Engine engine(loop, plan, store, world, {plan.exercise, "rehearsal"});
    Players players(loop, engine, world, plan, behaviour);
    Witness witness(plan, run);
    engine.on_events([&](const std::vector<Event>& events) {
        for (const auto& event : events) {
            witness.see(event);
            players.see(event);
        }
    });
    if (auto opened = engine.open(); !opened)
        return tl::unexpected(opened.error());
    loop.drain();
    if (auto started = engine.start("the rehearsal"); !started)
        return tl::unexpected(started.error());
    players.begin();
    loop.advance(plan.duration + Millis(1'000));
    if (engine.projection().state().run() != exercise::Run::ended)
        return fail("rehearsal.endless", plan.exercise, "the exercise did not end at its time");
    while (players.busy())
        loop.advance(reading_time);
    sum_up(engine.projection(), run);
    return run;
}

} // namespace testudo::rehearse
