#include "scoring/reports.hpp"

#include <algorithm>

#include "scoring/formulas.hpp"

namespace testudo::scoring {

void Reports::delivered(const Event& event) {
    const auto& expects = object_or_empty(event.body, "expects");
    const auto value = int_or(expects, "value_milli");
    if (value <= 0)
        return;
    const auto now = std::max<std::int64_t>(0, event.exercise_ms);
    const auto due = int_or(expects, "due_ms");
    demands_.try_emplace(text_or(event.body, "message"),
                         Demand{event.scope, text_or(event.body, "inject"), due, due - now, value, event.seq, {}});
}

void Reports::filed(const Event& event) {
    const auto demand = demands_.find(text_or(event.body, "message"));
    if (demand == demands_.end() || demand->second.team != event.scope)
        return;
    const auto id = text_or(event.body, "report");
    if (!answered_.try_emplace(id, demand->first).second)
        return;
    demand->second.reports.push_back({id, std::max<std::int64_t>(0, event.exercise_ms), event.seq, {}});
}

void Reports::graded(const Event& event) {
    const auto answered = answered_.find(text_or(event.body, "report"));
    if (answered == answered_.end())
        return;
    for (auto& report : demands_.at(answered->second).reports)
        if (report.id == answered->first)
            report.grades[text_or(event.body, "by")] = {int_or(event.body, "total_milli"),
                                                        int_or(event.body, "max_milli"), event.seq};
}

std::vector<Reports::Loss> Reports::losses(const std::string& team, std::int64_t now_ms) const {
    std::vector<Loss> out;
    for (const auto& [message, demand] : demands_) {
        if (demand.team != team)
            continue;
        Loss loss;
        loss.message = message;
        loss.inject = demand.inject;
        loss.value_milli = demand.value_milli;
        loss.seqs.push_back(demand.seq);
        if (demand.reports.empty()) {
            if (now_ms <= demand.due_ms)
                continue;
            loss.milli = demand.value_milli;
            loss.at_ms = demand.due_ms;
            out.push_back(std::move(loss));
            continue;
        }
        const auto counts = std::find_if(demand.reports.rbegin(), demand.reports.rend(),
                                         [](const Report& r) { return !r.grades.empty(); });
        if (counts == demand.reports.rend())
            continue;
        loss.why = Loss::Why::graded;
        loss.at_ms = counts->at_ms;
        loss.late_ms = std::max<std::int64_t>(0, counts->at_ms - demand.due_ms);
        loss.seqs.push_back(counts->seq);
        std::vector<std::int64_t> points;
        for (const auto& [by, grade] : counts->grades) {
            points.push_back(report_points(demand.value_milli, grade.total_milli, grade.max_milli, Millis(loss.late_ms),
                                           Millis(demand.within_ms)));
            loss.seqs.push_back(grade.seq);
        }
        const auto [least, most] = std::minmax_element(points.begin(), points.end());
        loss.disputed = (*most - *least) * 4 > demand.value_milli;
        loss.milli = demand.value_milli - median(points);
        out.push_back(std::move(loss));
    }
    return out;
}

} // namespace testudo::scoring
