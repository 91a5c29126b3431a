#include "orchestrator/exercise/action_runner.hpp"

#include <algorithm>

namespace testudo::exercise {
namespace {

constexpr Millis act_margin{60'000}; // beside what the act itself takes: a busy host, the way there and back
constexpr Millis inspect_timeout{8'000};
constexpr Millis watch_period{10'000};
constexpr Millis retry_period{5'000};
constexpr int tries = 4;

// Errors after which nobody knows whether the act was done.
bool leaves_doubt(const Error& error) {
    return error.code == "agent.lost" || error.code == "agent.timeout";
}

} // namespace

ActionRunner::ActionRunner(Loop& loop, const Projection& projection, Guests& guests, Recorder& recorder)
    : loop_(loop), projection_(projection), guests_(guests), recorder_(recorder) {}

ActionRunner::~ActionRunner() {
    stop();
}

void ActionRunner::stop() {
    running_.reset();
    for (const auto& [act, timer] : timers_)
        loop_.cancel(timer);
    timers_.clear();
}

const plan::Inject& ActionRunner::inject_of(const ActState& act) const {
    return *plan::find_inject(projection_.plan(), act.inject);
}

json::object ActionRunner::request_of(const ActState& act) const {
    const auto& inject = inject_of(act);
    const auto& target = inject.targets[act.target];
    json::object body{{"action", inject.action}, {"params", target.params}};
    if (!target.address.empty())
        body["address"] = target.address;
    return body;
}

void ActionRunner::launch(const std::string& act) {
    send(act, tries);
}

void ActionRunner::recover() {
    const auto acts = projection_.state().acts(); // by value: what follows appends events
    for (const auto& [id, act] : acts) {
        if (act.outcome.empty() && inject_of(act).idempotent)
            launch(id);
        else if (act.outcome.empty())
            conclude(id, "unknown", "the controller stopped before the answer came", "");
        else if (inject_of(act).has_effect && act.outcome != "refused" && (!act.observed || act.holds))
            watch(id, Millis(0));
    }
    std::vector<Event> events;
    for (const auto& inject : projection_.plan().injects)
        for (const auto& team : inject.teams)
            complete(inject, team, events);
    (void)recorder_.commit(std::move(events));
}

void ActionRunner::send(const std::string& id, int tries_left) {
    const auto& act = projection_.state().acts().at(id);
    auto body = request_of(act);
    body["act"] = id;
    const auto& inject = inject_of(act);
    guests_.request(inject.targets[act.target].agent, "act", std::move(body), inject.lasts + act_margin,
                    [this, id, tries_left, weak = std::weak_ptr(running_)](const Result<json::object>& reply) {
                        if (!weak.expired())
                            answered(id, tries_left - 1, reply);
                    });
}

void ActionRunner::answered(const std::string& id, int tries_left, const Result<json::object>& reply) {
    if (reply)
        return conclude(id, text_or(*reply, "outcome", "unknown"), text_or(*reply, "evidence"),
                        text_or(*reply, "detail"));
    const auto& error = reply.error();
    const auto& inject = inject_of(projection_.state().acts().at(id));
    // Once it may have been sent, an agent that is away is only another reason to try again.
    const bool again = leaves_doubt(error) || (error.code == "agent.away" && tries_left < tries - 1);
    if (again && inject.idempotent && tries_left > 0) {
        timers_[id] = loop_.after(retry_period, [this, id, tries_left] { send(id, tries_left); });
        return;
    }
    if (again)
        return conclude(id, "unknown", error.message, "");
    conclude(id, error.code.starts_with("refused.") ? "refused" : "failed", error.message, error.code);
}

void ActionRunner::conclude(const std::string& id, const std::string& outcome, const std::string& evidence,
                            const std::string& detail) {
    const auto act = projection_.state().acts().at(id);
    const auto& inject = inject_of(act);
    recorder_.note(recorder_.make("action.result", act.team,
                                  {{"act", id},
                                   {"inject", act.inject},
                                   {"machine", inject.targets[act.target].target},
                                   {"outcome", outcome},
                                   {"evidence", evidence},
                                   {"detail", detail}},
                                  inject.label));
    if (recorder_.flush()) {
        std::vector<Event> events;
        complete(inject, act.team, events);
        // If the log refuses them, the acts' outcomes are still there to conclude from later.
        (void)recorder_.commit(std::move(events));
    }
    if (inject.has_effect && (outcome == "ok" || outcome == "unknown"))
        inspect(id);
}

void ActionRunner::complete(const plan::Inject& inject, const std::string& team, std::vector<Event>& events) const {
    const auto& state = projection_.state();
    if (inject.kind != plan::Inject::Kind::action || state.inject(inject.id, team)->stage != Stage::fired)
        return;
    std::string failure;
    for (const auto& id : state.acts_of(inject.id, team)) {
        const auto& act = state.acts().at(id);
        if (act.outcome.empty())
            return;
        if (act.outcome != "ok" && failure.empty())
            failure = act.outcome + ": " + act.evidence;
    }
    events.push_back(recorder_.make(failure.empty() ? "inject.completed" : "inject.failed", team,
                                    {{"inject", inject.id}, {"team", team}, {"reason", failure}}, inject.label));
}

void ActionRunner::watch(const std::string& id, Millis delay) {
    timers_[id] = loop_.after(delay, [this, id] { inspect(id); });
}

void ActionRunner::inspect(const std::string& id) {
    const auto& act = projection_.state().acts().at(id);
    guests_.request(inject_of(act).targets[act.target].target, "inspect", request_of(act), inspect_timeout,
                    [this, id, weak = std::weak_ptr(running_)](const Result<json::object>& reply) {
                        if (!weak.expired())
                            inspected(id, reply);
                    });
}

void ActionRunner::inspected(const std::string& id, const Result<json::object>& reply) {
    const auto& act = projection_.state().acts().at(id);
    if (!reply)
        return watch(id, watch_period); // nobody saw anything: neither holds nor gone
    const bool holds = bool_or(*reply, "holds");
    if (!act.observed || act.holds != holds)
        recorder_.note(recorder_.make(
            "effect.observed", act.team,
            {{"act", id}, {"inject", act.inject}, {"holds", holds}, {"evidence", text_or(*reply, "evidence")}},
            inject_of(act).label));
    if (holds)
        watch(id, watch_period);
}

} // namespace testudo::exercise
