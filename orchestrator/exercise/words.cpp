#include "orchestrator/exercise/words.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace testudo::exercise {
namespace {

std::string inject_title(const plan::Plan& plan, const Event& event) {
    const auto id = text_or(event.body, "inject");
    const auto* inject = plan::find_inject(plan, id);
    return inject ? inject->title : id;
}

std::string machine_words(const plan::Plan& plan, const std::string& id) {
    const auto* machine = plan::find_machine(plan, id);
    if (!machine)
        return id;
    return machine->team.empty() ? machine->title
                                 : fmt::format("{} of {}", machine->title, team_title(plan, machine->team));
}

std::string because(const Event& event) {
    const auto reason = text_or(event.body, "reason");
    return reason.empty() ? "" : ": " + reason;
}

std::string times(int n) {
    return n == 1 ? "once" : n == 2 ? "twice" : fmt::format("{} times", n);
}

std::string points(std::int64_t milli) {
    const auto sign = milli < 0 ? "-" : "";
    const auto absolute = milli < 0 ? -milli : milli;
    return absolute % 1000 == 0 ? fmt::format("{}{}", sign, absolute / 1000)
                                : fmt::format("{}{}.{:03}", sign, absolute / 1000, absolute % 1000);
}

std::string clock_text(std::int64_t wall_ms) {
    return to_rfc3339(WallTime(Millis(wall_ms))).substr(11, 8);
}

std::string run_words(const Event& event, const plan::Plan& plan) {
    const auto by = text_or(event.body, "by");
    if (event.kind == "exercise.created")
        return fmt::format("{} was planned", plan.title);
    if (event.kind == "exercise.started")
        return fmt::format("STARTEX, by {}", by);
    if (event.kind == "exercise.paused")
        return fmt::format("Paused by {}{}", by, because(event));
    if (event.kind == "exercise.resumed")
        return fmt::format("Resumed by {}{}", by, because(event));
    if (event.kind == "exercise.ended")
        return fmt::format("ENDEX, by {}", by);
    const auto id = text_or(event.body, "phase");
    const auto it = std::find_if(plan.phases.begin(), plan.phases.end(), [&](const auto& p) { return p.id == id; });
    return fmt::format("Phase {} began", it == plan.phases.end() ? id : it->title);
}

std::string inject_words(const Event& event, const plan::Plan& plan) {
    const auto what = fmt::format("{}, {}", inject_title(plan, event), team_title(plan, text_or(event.body, "team")));
    const auto by = text_or(event.body, "by");
    const auto hand = by.empty() ? "" : " by " + by;
    if (event.kind == "inject.fired")
        return fmt::format("{}: fired{}{}", what, hand,
                           text_or(event.body, "cause") == "condition" ? " because its condition came true" : "");
    if (event.kind == "inject.overdue")
        return fmt::format("{}: was due at {} while the controller was away; rule: {}", what,
                           to_exercise_text(Millis(int_or(event.body, "due_ms"))), text_or(event.body, "policy"));
    const auto verb = event.kind.substr(event.kind.find('.') + 1);
    return fmt::format("{}: {}{}{}", what, verb, hand, because(event));
}

} // namespace

std::string team_title(const plan::Plan& plan, std::string_view id) {
    if (id.empty())
        return "all teams";
    const auto* team = plan::find_team(plan, id);
    return team ? team->title : std::string(id);
}

std::string words(const Event& event, const plan::Plan& plan) {
    const auto& body = event.body;
    const auto team = team_title(plan, event.scope);
    const auto& kind = event.kind;
    if (kind.starts_with("exercise."))
        return run_words(event, plan);
    if (kind.starts_with("inject."))
        return inject_words(event, plan);
    if (kind == "controller.started")
        return bool_or(body, "recovered") ? "The controller took up the exercise again" : "The controller started";
    if (kind == "controller.stopped")
        return "The controller stopped in good order";
    if (kind == "machine.state")
        return fmt::format("{} is {}{}", machine_words(plan, text_or(body, "machine")), text_or(body, "state"),
                           because(event));
    if (kind == "machine.reset")
        return fmt::format("{} is {} by {}{}{}", machine_words(plan, text_or(body, "machine")),
                           text_or(body, "to").empty() ? "reset" : "rolled back to " + text_or(body, "to"),
                           text_or(body, "by"), bool_or(body, "requested") ? ", as its team asked" : "",
                           because(event));
    if (kind == "machine.kept")
        return fmt::format("{} {} as {} by {}{}", machine_words(plan, text_or(body, "machine")),
                           bool_or(body, "kept") ? "is kept" : "could not be kept", text_or(body, "snapshot"),
                           text_or(body, "by"), because(event));
    if (kind == "host.lost") {
        const auto* machines = body.if_contains("machines");
        return fmt::format("Host {} is lost, and {} machines with it{}", text_or(body, "host"),
                           machines != nullptr && machines->is_array() ? machines->get_array().size() : 0,
                           because(event));
    }
    if (kind == "host.returned")
        return fmt::format("Host {} is back", text_or(body, "host"));
    if (kind == "isolation.checked")
        return fmt::format("Isolation checked by {}: {} probes, {} leaks, {} blocked, {} unknown", text_or(body, "by"),
                           int_or(body, "probes"), int_or(body, "leaks"), int_or(body, "blocked"),
                           int_or(body, "unknown"));
    if (kind == "action.result") {
        const auto evidence = text_or(body, "evidence");
        return fmt::format("{} on {}: {}{}", inject_title(plan, event), machine_words(plan, text_or(body, "machine")),
                           text_or(body, "outcome"), evidence.empty() ? "" : " (" + evidence + ")");
    }
    if (kind == "effect.observed")
        return fmt::format("{} of {}: the effect {} ({})", inject_title(plan, event), team,
                           bool_or(body, "holds") ? "holds" : "is gone", text_or(body, "evidence"));
    if (kind == "message.delivered")
        return fmt::format("{} to {}: {}", text_or(body, "from"), team, text_or(body, "subject"));
    if (kind == "report.filed")
        return fmt::format("{} filed a report ({})", team, text_or(body, "kind"));
    if (kind == "report.graded")
        return fmt::format("Report of {} graded {} of {} by {}", team, points(int_or(body, "total_milli")),
                           points(int_or(body, "max_milli")), text_or(body, "by"));
    if (kind == "check.ruled")
        return fmt::format("Verdicts on {} of {} from {} to {}: {} by {}{}", text_or(body, "check"), team,
                           to_exercise_text(Millis(int_or(body, "from_ms"))),
                           to_exercise_text(Millis(int_or(body, "to_ms"))), text_or(body, "ruling"),
                           text_or(body, "by"), because(event));
    if (kind == "score.adjusted")
        return fmt::format("Score of {} adjusted by {} points by {}{}", team, points(int_or(body, "milli")),
                           text_or(body, "by"), because(event));
    return "";
}

std::string words_of_reason(const scoring::Availability::Status& status, const plan::Plan& plan) {
    using scoring::Verdict;
    if (status.verdict == Verdict::ok || status.verdict == Verdict::pending)
        return "";
    auto text = status.reason.empty() ? std::string(scoring::word_of(status.verdict)) : status.reason;
    if (const auto* vantage = plan::find_machine(plan, status.vantage))
        text += " from " + vantage->title;
    if (status.confirmed > 0)
        text += ", confirmed " + times(status.confirmed);
    if (status.verdict == Verdict::held)
        text += "; held for the white team to rule";
    if (status.verdict == Verdict::voided)
        text += "; not counted: the reference copy failed too, or so ruled";
    return text;
}

std::string words_of_change(const plan::Check& check, const scoring::Availability::Status& status, const Event& event,
                            std::int64_t rate_milli, const plan::Plan& plan, bool why) {
    const auto service = std::find_if(plan.services.begin(), plan.services.end(),
                                      [&](const auto& s) { return s.first == check.service; });
    // The title of a service means what is charged; what users meet is another thing.
    const auto title = service == plan.services.end() || !check.users.empty() ? check.title : service->second;
    const auto owner = check.team.empty() ? "the reference copy" : team_title(plan, check.team);
    const auto ago = std::max<std::int64_t>(0, event.exercise_ms - status.since_ms) * 1000 / rate_milli;
    const auto reason = why ? words_of_reason(status, plan) : "";
    return fmt::format("{} of {} is {} since {}{}", title, owner, scoring::word_of(status.verdict),
                       clock_text(event.wall_ms - ago), reason.empty() ? "" : " (" + reason + ")");
}

} // namespace testudo::exercise
