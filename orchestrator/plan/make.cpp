#include "orchestrator/plan/make.hpp"

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {

std::optional<Plan> make(const template_::Template& source, template_::Diagnostics& diagnostics) {
    Draft draft(source, diagnostics);
    draft.plan.exercise = source.exercise.value;
    draft.plan.title = title_or(source.title, source.exercise.value, draft);
    draft.plan.duration = source.duration.value;
    plan_groups(draft);
    plan_teams(draft);
    plan_segments(draft);
    plan_machines(draft);
    plan_routes(draft);
    plan_rules(draft);
    plan_phases(draft);
    plan_checks(draft);
    plan_timeline(draft);
    plan_scoring(draft);
    plan_needs(draft);
    plan_sight(draft);
    plan_labels(draft);
    plan_hosts(draft);
    plan_contents(draft);
    template_::arrange(diagnostics, source.file ? source.file->name : "");
    if (template_::has_errors(diagnostics))
        return std::nullopt;
    return std::move(draft.plan);
}

} // namespace testudo::plan
