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
    demands_.try_emplace({event.scope, text_or(event.body, "message")},
                         Demand{event.scope, text_or(event.body, "inject"), due, due - now, value, event.seq, {}, 0});
}

void Reports::filed(const Event& event) {
    const auto demand = demands_.find({event.scope, text_or(event.body, "message")});
    if (demand == demands_.end())
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
    auto& demand = demands_.at(answered->second);
    for (auto& report : demand.reports)
        if (report.id == answered->first)
            report.grades[text_or(event.body, "by")] = {int_or(event.body, "total_milli"),
                                                        int_or(event.body, "max_milli"), event.seq};
    demand.graded_milli = loss_of(answered->second.second, demand).milli;
}

// Of a demand that something was filed for.
Reports::Loss Reports::loss_of(const std::string& message, const Demand& demand) {
    Loss loss;
    loss.message = message;
    loss.inject = demand.inject;
    loss.value_milli = demand.value_milli;
    loss.seqs.push_back(demand.seq);
    const auto counts =
        std::find_if(demand.reports.rbegin(), demand.reports.rend(), [](const Report& r) { return !r.grades.empty(); });
    if (counts == demand.reports.rend())
        return loss;
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
    return loss;
}

std::vector<Reports::Loss> Reports::losses(const std::string& team, std::int64_t now_ms) const {
    std::vector<Loss> out;
    for (auto it = demands_.lower_bound({team, ""}); it != demands_.end() && it->first.first == team; ++it) {
        const auto& demand = it->second;
        auto loss = loss_of(it->first.second, demand);
        if (demand.reports.empty() && now_ms > demand.due_ms) {
            loss.milli = demand.value_milli;
            loss.at_ms = demand.due_ms;
        } else if (loss.why != Loss::Why::graded) {
            continue;
        }
        out.push_back(std::move(loss));
    }
    return out;
}

std::int64_t Reports::cost(const std::string& team, std::int64_t now_ms) const {
    std::int64_t sum = 0;
    for (auto it = demands_.lower_bound({team, ""}); it != demands_.end() && it->first.first == team; ++it) {
        const auto& demand = it->second;
        if (demand.reports.empty())
            sum += now_ms > demand.due_ms ? demand.value_milli : 0;
        else
            sum += demand.graded_milli;
    }
    return sum;
}

} // namespace testudo::scoring
