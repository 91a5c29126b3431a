#include "orchestrator/rehearse/players.hpp"

#include <algorithm>

namespace testudo::rehearse {
namespace {

std::string controller_of(const plan::Inject& inject) {
    return inject.controller.empty() ? "white" : inject.controller;
}

} // namespace

bool needs_a_hand(const plan::When& when) {
    using Kind = plan::When::Kind;
    if (when.kind == Kind::all)
        return std::any_of(when.parts.begin(), when.parts.end(), needs_a_hand);
    if (when.kind == Kind::any)
        return !when.parts.empty() && std::all_of(when.parts.begin(), when.parts.end(), needs_a_hand);
    return when.kind == Kind::manual;
}

std::vector<std::pair<const plan::Inject*, Millis>> hand_fired(const plan::Plan& plan) {
    std::vector<std::pair<const plan::Inject*, Millis>> out;
    for (const auto& inject : plan.injects)
        if (inject.approved && needs_a_hand(inject.when))
            out.emplace_back(&inject, Millis(0));
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i].second = plan.duration * static_cast<std::int64_t>(i + 1) / static_cast<std::int64_t>(out.size() + 1);
    return out;
}

Players::Players(Loop& loop, exercise::Engine& engine, World& world, const plan::Plan& plan, Behaviour behaviour)
    : loop_(loop), engine_(engine), world_(world), plan_(plan), behaviour_(behaviour) {
    world_.on_effect([this](const plan::Inject& inject, const std::string& team, const std::string& effect) {
        if (const auto delay = repair_delay(behaviour_, plan_, inject, team))
            later(*delay, [this, effect] { world_.mend(effect); });
    });
}

void Players::later(Millis delay, Loop::Task task) {
    loop_.after(delay, [task = std::move(task), weak = std::weak_ptr(alive_)] {
        if (!weak.expired())
            task();
    });
}

void Players::begin() {
    for (const auto& [inject, at] : hand_fired(plan_))
        later(at, [this, id = inject->id] {
            (void)engine_.fire(id, "", "a simulated controller"); // refused if it is over: then nobody needs the hand
        });
}

void Players::see(const Event& event) {
    if (event.kind == "message.delivered" && !object_or_empty(event.body, "expects").empty()) {
        const auto* inject = plan::find_inject(plan_, text_or(event.body, "inject"));
        const auto message = text_or(event.body, "message");
        asked_[message] = inject;
        if (const auto delay = report_delay(behaviour_, plan_, *inject, event.scope))
            later(*delay, [this, inject, team = event.scope, message] { file(*inject, team, message); });
    } else if (event.kind == "report.filed") {
        const auto* inject = inject_of(text_or(event.body, "message"));
        if (!inject)
            return;
        const auto controller = controller_of(*inject);
        auto& unread = unread_[controller];
        unread.push_back(text_or(event.body, "report"));
        if (unread.size() == 1)
            take_up(controller);
    }
}

const plan::Inject* Players::inject_of(const std::string& message) const {
    const auto found = asked_.find(message);
    return found == asked_.end() ? nullptr : found->second;
}

void Players::file(const plan::Inject& inject, const std::string& team, const std::string& message) {
    // Refused after ENDEX: too late is not filed.
    (void)engine_.file_report(team, {inject.expects.report, message, "a simulated team", "Rehearsed."});
}

bool Players::busy() const {
    return std::any_of(unread_.begin(), unread_.end(), [](const auto& one) { return !one.second.empty(); });
}

void Players::take_up(const std::string& controller) {
    later(reading_time, [this, controller] {
        auto& unread = unread_[controller];
        grade(unread.front());
        unread.pop_front();
        if (!unread.empty())
            take_up(controller);
    });
}

void Players::grade(const std::string& report) {
    const auto& filed = engine_.projection().state().reports().at(report);
    const auto* inject = inject_of(filed.message);
    json::object grades;
    for (const auto& item : inject->expects.rubric.items)
        grades[item.id] = item.max_milli * grade_permille(behaviour_, plan_, *inject, filed.team, item.id) / 1000;
    (void)engine_.grade(report, grades, "", "a simulated controller");
}

} // namespace testudo::rehearse
