#include "orchestrator/exercise/state.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/core/digest.hpp"

namespace testudo::exercise {

std::string_view word_of(Run run) {
    switch (run) {
    case Run::provisioning:
        return "provisioning";
    case Run::ready:
        return "ready";
    case Run::running:
        return "running";
    case Run::paused:
        return "paused";
    case Run::ended:
        return "ended";
    }
    return "";
}

std::string_view word_of(Stage stage) {
    switch (stage) {
    case Stage::scheduled:
        return "scheduled";
    case Stage::held:
        return "held";
    case Stage::fired:
        return "fired";
    case Stage::failed:
        return "failed";
    case Stage::completed:
        return "completed";
    case Stage::skipped:
        return "skipped";
    }
    return "";
}

State::State(std::shared_ptr<const plan::Plan> plan) : plan_(std::move(plan)) {
    for (const auto& i : plan_->injects)
        for (const auto& team : i.teams)
            if (auto& state = injects_[{i.id, team}]; i.held) {
                state.stage = Stage::held;
                state.reason = "held from the start";
            }
    for (const auto& m : plan_->machines) {
        machines_[m.id];
        not_ready_.insert(m.id);
    }
}

Run State::run() const {
    return phase_of_run_ == Run::ready && !not_ready_.empty() ? Run::provisioning : phase_of_run_;
}

const InjectState* State::inject(const std::string& id, const std::string& team) const {
    const auto it = injects_.find(std::pair<std::string_view, std::string_view>(id, team));
    return it == injects_.end() ? nullptr : &it->second;
}

const std::vector<std::string>& State::acts_of(const std::string& inject, const std::string& team) const {
    static const std::vector<std::string> none;
    const auto it = acts_of_.find(std::pair<std::string_view, std::string_view>(inject, team));
    return it == acts_of_.end() ? none : it->second;
}

std::optional<std::int64_t> State::first_report(const std::string& team, const std::string& kind) const {
    std::optional<std::int64_t> first;
    for (const auto& [id, report] : reports_)
        if (report.team == team && report.kind == kind)
            first = std::min(first.value_or(report.at_ms), report.at_ms);
    return first;
}

std::string State::first_leak() const {
    for (const auto& value : array_or_empty(isolation_, "findings")) {
        if (!value.is_object() || text_or(value.get_object(), "outcome") != "leak")
            continue;
        const auto& leak = value.get_object();
        const auto address = text_or(leak, "address");
        const auto port = int_or(leak, "port");
        return fmt::format("{} to {}{}{}: {}", text_or(leak, "from"), text_or(leak, "to"),
                           address.empty() ? "" : " at " + address, port ? fmt::format(" port {}", port) : "",
                           text_or(leak, "evidence"));
    }
    return "";
}

void State::apply(const Event& event) {
    seq_ = event.seq;
    const auto& kind = event.kind;
    if (kind == "exercise.created") {
        run_id_ = short_hash(text_or(event.body, "plan_hash") + std::to_string(event.wall_ms), 6);
        clock_.wall_ms = event.wall_ms;
    } else if (kind.starts_with("exercise.")) {
        apply_run(event);
    } else if (kind.starts_with("inject.")) {
        apply_inject(event);
    } else if (kind == "action.result" || kind == "effect.observed") {
        apply_act(event);
    } else if (kind == "message.delivered" || kind.starts_with("report.")) {
        apply_message(event);
    } else if (kind == "isolation.checked") {
        isolation_ = event.body;
        isolation_["seq"] = event.seq;
        isolation_["wall_ms"] = event.wall_ms;
    } else if (kind == "host.lost") {
        const auto host = text_or(event.body, "host");
        lost_hosts_[host] = text_or(event.body, "reason");
        if (const auto* machines = event.body.if_contains("machines"); machines != nullptr && machines->is_array())
            for (const auto& item : machines->get_array())
                if (const auto* machine = item.if_object())
                    machines_[text_or(*machine, "machine")] = {
                        "lost", fmt::format("its host {} is lost: {}", host, lost_hosts_[host])};
    } else if (kind == "host.returned") {
        lost_hosts_.erase(text_or(event.body, "host")); // its machines are ready once their agents say so
    } else if (kind == "machine.reset") {
        const auto machine = text_or(event.body, "machine");
        machines_[machine] = {"resetting", text_or(event.body, "reason")};
        not_ready_.insert(machine);
    } else if (kind == "machine.state") {
        const auto machine = text_or(event.body, "machine");
        machines_[machine] = {text_or(event.body, "state"), text_or(event.body, "reason")};
        if (machines_[machine].state == "ready")
            not_ready_.erase(machine);
    }
}

void State::base_clock(const Event& event, bool running) {
    clock_.exercise_ms = std::max<std::int64_t>(0, event.exercise_ms);
    clock_.wall_ms = event.wall_ms;
    clock_.running = running;
}

void State::apply_run(const Event& event) {
    if (event.kind == "exercise.started") {
        phase_of_run_ = Run::running;
        clock_.rate_milli = std::max<std::int64_t>(1, int_or(event.body, "rate_milli", 1000));
        base_clock(event, true);
    } else if (event.kind == "exercise.paused") {
        phase_of_run_ = Run::paused;
        base_clock(event, false);
    } else if (event.kind == "exercise.resumed") {
        phase_of_run_ = Run::running;
        base_clock(event, true);
    } else if (event.kind == "exercise.ended") {
        phase_of_run_ = Run::ended;
        base_clock(event, false);
    } else if (event.kind == "exercise.phase") {
        phase_ = text_or(event.body, "phase");
        phases_.try_emplace(phase_, std::max<std::int64_t>(0, event.exercise_ms));
    }
}

template <class Change> void State::change_injects(const Event& event, Change change) {
    const auto id = text_or(event.body, "inject");
    const auto team = text_or(event.body, "team");
    for (auto it = injects_.lower_bound(std::pair<std::string_view, std::string_view>(id, team));
         it != injects_.end() && it->first.first == id && (team.empty() || it->first.second == team); ++it) {
        auto& state = it->second;
        const auto before = state.stage;
        change(state);
        if (state.stage != before)
            state.seq = event.seq;
    }
}

void State::apply_inject(const Event& event) {
    const auto now = std::max<std::int64_t>(0, event.exercise_ms);
    const auto reason = text_or(event.body, "reason");
    const auto waits = [](const InjectState& s) { return s.stage == Stage::scheduled || s.stage == Stage::held; };
    const auto move = [&](auto applies, Stage to) {
        change_injects(event, [&](InjectState& s) {
            if (!applies(s))
                return;
            s.stage = to;
            s.reason = reason;
            if (to == Stage::completed || to == Stage::failed)
                s.done_ms = now;
        });
    };
    if (event.kind == "inject.fired") {
        change_injects(event, [&](InjectState& s) {
            if (!waits(s))
                return;
            s.stage = Stage::fired;
            s.fired_ms = now;
            s.reason.clear();
        });
        const auto id = text_or(event.body, "inject");
        const auto team = text_or(event.body, "team");
        const auto* inject = plan::find_inject(*plan_, id);
        const auto& acts = array_or_empty(event.body, "acts");
        std::size_t next = 0;
        for (std::size_t i = 0; inject && i < inject->targets.size() && next < acts.size(); ++i)
            if (team.empty() || inject->targets[i].team == team) {
                const auto& act = acts[next++];
                if (!act.is_string())
                    continue;
                const std::string name(act.get_string());
                const auto& target = inject->targets[i];
                if (acts_.insert_or_assign(name, ActState{id, target.team, i, "", "", "", false, false, 0}).second)
                    acts_of_[{id, target.team}].push_back(name);
            }
    } else if (event.kind == "inject.held") {
        move([](const InjectState& s) { return s.stage == Stage::scheduled; }, Stage::held);
    } else if (event.kind == "inject.released") {
        move([](const InjectState& s) { return s.stage == Stage::held; }, Stage::scheduled);
    } else if (event.kind == "inject.skipped") {
        move(waits, Stage::skipped);
    } else if (event.kind == "inject.completed") {
        move([](const InjectState& s) { return s.stage == Stage::fired; }, Stage::completed);
    } else if (event.kind == "inject.failed") {
        move([](const InjectState& s) { return s.stage == Stage::fired; }, Stage::failed);
    }
}

void State::apply_act(const Event& event) {
    const auto it = acts_.find(text_or(event.body, "act"));
    if (it == acts_.end())
        return;
    auto& act = it->second;
    if (event.kind == "action.result") {
        act.outcome = text_or(event.body, "outcome");
        act.evidence = text_or(event.body, "evidence");
        act.detail = text_or(event.body, "detail");
        return;
    }
    const bool holds = bool_or(event.body, "holds");
    if (!act.observed || act.holds != holds)
        act.since_ms = std::max<std::int64_t>(0, event.exercise_ms);
    act.observed = true;
    act.holds = holds;
    act.evidence = text_or(event.body, "evidence");
}

void State::apply_message(const Event& event) {
    const auto now = std::max<std::int64_t>(0, event.exercise_ms);
    if (event.kind == "message.delivered") {
        messages_[text_or(event.body, "message")] = {event.scope,
                                                     text_or(event.body, "inject"),
                                                     text_or(event.body, "from"),
                                                     text_or(event.body, "subject"),
                                                     text_or(event.body, "body"),
                                                     object_or_empty(event.body, "expects"),
                                                     now,
                                                     event.wall_ms,
                                                     phase_of_run_ == Run::paused,
                                                     "",
                                                     text_or(event.body, "channel")};
    } else if (event.kind == "report.filed") {
        const auto id = text_or(event.body, "report");
        const auto message = text_or(event.body, "message");
        reports_[id] = {event.scope,
                        text_or(event.body, "kind"),
                        message,
                        text_or(event.body, "author"),
                        text_or(event.body, "text"),
                        now,
                        event.wall_ms,
                        {}};
        if (const auto it = messages_.find(message); it != messages_.end())
            it->second.report = id;
    } else if (event.kind == "report.graded") {
        if (const auto it = reports_.find(text_or(event.body, "report")); it != reports_.end())
            it->second.grade = {object_or_empty(event.body, "grades"), int_or(event.body, "total_milli"),
                                int_or(event.body, "max_milli"), text_or(event.body, "comment"),
                                text_or(event.body, "by")};
    }
}

} // namespace testudo::exercise
