#include "orchestrator/plan/moments.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/template/quantity.hpp"

namespace testudo::plan {
namespace {

using template_::Condition;
using template_::error;

constexpr Millis day{86'400'000};

} // namespace

std::optional<Millis> time_of(const Condition& moment, const Draft& draft) {
    if (moment.kind != Condition::Kind::at && moment.kind != Condition::Kind::phase)
        return std::nullopt;
    const auto& name = moment.ref.value;
    // A phase may be called `day-2` and begin whenever its day does.
    for (const auto& phase : draft.plan.phases)
        if (phase.id == name)
            return phase.at + moment.time;
    if (moment.kind == Condition::Kind::phase)
        return std::nullopt;
    if (name.empty())
        return moment.time;
    if (name == "ENDEX")
        return draft.plan.duration + moment.time;
    return (template_::parse_whole_number(name.substr(name.find('-') + 1)).value_or(1) - 1) * day + moment.time;
}

void refuse_unknown_phase(const Condition& moment, Draft& draft) {
    if (moment.kind != Condition::Kind::phase)
        return;
    std::vector<std::string> known;
    for (const auto& spec : draft.source.phases)
        known.push_back(spec.id.value);
    if (std::find(known.begin(), known.end(), moment.ref.value) == known.end())
        error(draft.out, "T0906", moment.ref.span, fmt::format("there is no phase `{}`", moment.ref.value),
              template_::suggest(moment.ref.value, known));
}

void plan_phases(Draft& draft) {
    refuse_doubles(draft.source.phases, "phases", draft.out);
    for (const auto& spec : draft.source.phases) {
        const auto at = time_of(spec.at, draft);
        refuse_unknown_phase(spec.at, draft);
        if (!at && std::any_of(draft.source.phases.begin(), draft.source.phases.end(),
                               [&](const auto& other) { return other.id.value == spec.at.ref.value; }))
            error(draft.out, "T0906", spec.at.ref.span,
                  fmt::format("the phase `{}` is not known yet here", spec.at.ref.value),
                  "a phase may follow those that stand above it");
        if (!at)
            continue;
        if (*at < Millis(0))
            error(draft.out, "T0914", spec.at.span, "this never happens: it is before STARTEX");
        if (draft.source.duration.given() && *at > draft.plan.duration)
            error(
                draft.out, "T0914", spec.at.span,
                fmt::format("this never happens: the exercise ends at T+{}", template_::to_text(draft.plan.duration)));
        draft.plan.phases.push_back({spec.id.value, title_or(spec.title, spec.id.value, draft), *at});
    }
    std::stable_sort(draft.plan.phases.begin(), draft.plan.phases.end(),
                     [](const Phase& a, const Phase& b) { return a.at < b.at; });
}

} // namespace testudo::plan
