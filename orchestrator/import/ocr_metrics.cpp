#include <fmt/format.h>

#include "orchestrator/import/building.hpp"
#include "orchestrator/import/ocr_sdl.hpp"
#include "orchestrator/import/quantities.hpp"

// Metrics that people judge, by what a team hands in, become messages that expect a report. Those that follow from
// conditions inside of machines have nothing like them here.
namespace testudo::import_ {
namespace {

// What is trained where this metric counts.
std::string objective_of(const std::string& metric, Item& scenario, Reading& in) {
    auto* evaluations = in.mapping(scenario, "evaluations");
    auto* tlos = in.mapping(scenario, "tlos");
    std::string all;
    if (!evaluations || !tlos)
        return all;
    for (auto& tlo : tlos->children) {
        auto* name = tlo.is_mapping() ? in.find(tlo, "evaluation") : nullptr;
        auto* evaluation = name && name->is_text() ? named(evaluations, name->text()) : nullptr;
        auto* metrics = evaluation && evaluation->is_mapping() ? in.find(*evaluation, "metrics") : nullptr;
        if (!metrics || !metrics->is_list())
            continue;
        for (auto& one : metrics->children)
            if (one.is_text() && one.text() == metric)
                all += (all.empty() ? "" : "; ") + in.text(tlo, "name").value_or(tlo.key);
    }
    return all;
}

} // namespace

void read_metrics(Item& scenario, Reading& in, Draft& draft) {
    auto* metrics = in.mapping(scenario, "metrics");
    if (!metrics)
        return;
    for (auto& metric : metrics->children) {
        auto* type = metric.is_mapping() ? in.find(metric, "type") : nullptr;
        if (!type || !type->is_text() || lower_case(type->text()) != "manual") {
            in.lost(metric, "scores are earned by checks, actions and reports; see `scoring`");
            continue;
        }
        metric.fate = type->fate = Item::Fate::carried;
        Inject inject;
        inject.name = metric.key;
        inject.span = metric.key_span;
        inject.origins.push_back(&metric);
        inject.subject = in.text(metric, "name").value_or(metric.key);
        inject.body = in.text(metric, "description").value_or("Report on: " + inject.subject);
        inject.objective = objective_of(metric.key, scenario, in);
        inject.report = in.flag(metric, "artifact").value_or(false) ? "artifact" : "report";
        inject.rubric = inject.subject;
        inject.within = Millis{3'600'000};
        inject.points = in.whole(metric, "max-score", 0, 1'000'000).value_or(0);
        in.changed(code::made_up, metric.key_span,
                   fmt::format("nothing says when `{}` is judged, nor how long a report on it may take", metric.key),
                   "a controller fires the message, and the report is due an hour later");
        draft.injects.push_back(std::move(inject));
    }
}

} // namespace testudo::import_
