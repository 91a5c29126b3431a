#include "orchestrator/plan/stakes.hpp"

#include <algorithm>
#include <functional>
#include <map>

namespace testudo::plan {
namespace {

using Points = std::map<std::string, std::int64_t>; // by team

// Formulas of docs/scoring.md: an attack costs V times its level at most.
std::int64_t impact_of(const Inject& inject) {
    return inject.impact_milli * inject.level_milli / 1'000;
}

Points nobody(const Plan& plan) {
    Points points;
    for (const auto& team : plan.teams)
        if (team.colour == "blue")
            points[team.id] = 0;
    return points;
}

void put_points(const Points& points, Stake& stake) {
    const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
    if (points.empty())
        return;
    stake.least_milli = std::min_element(points.begin(), points.end(), less)->second;
    stake.most_milli = std::max_element(points.begin(), points.end(), less)->second;
}

void add_checks(const Plan& plan, Stake& stake) {
    auto points = nobody(plan);
    std::map<std::string, int> names;
    for (const auto& check : plan.checks)
        if (!check.team.empty() && check.users.empty()) {
            points[check.team] += check.weight_milli;
            ++names[check.name];
        }
    stake.items = static_cast<int>(names.size());
    put_points(points, stake);
}

void add_injects(const Plan& plan, const std::function<std::int64_t(const Inject&)>& value, Stake& stake) {
    auto points = nobody(plan);
    for (const auto& inject : plan.injects) {
        const auto worth = value(inject);
        stake.items += worth > 0 ? 1 : 0;
        for (const auto& team : inject.teams)
            points[team] += worth;
    }
    put_points(points, stake);
}

} // namespace

std::vector<Stake> category_stakes(const Plan& plan) {
    std::vector<Stake> all;
    for (const auto& category : plan.categories) {
        Stake stake{category.id, category.title, category.weight_milli};
        if (category.id == "availability")
            add_checks(plan, stake);
        else if (category.id == "impact")
            add_injects(plan, impact_of, stake);
        else if (category.id == "restoration")
            add_injects(
                plan, [](const Inject& i) { return i.restore_milli; }, stake);
        else if (category.id == "reports")
            add_injects(
                plan, [](const Inject& i) { return i.expects.value_milli; }, stake);
        all.push_back(std::move(stake));
    }
    return all;
}

std::vector<Stake> objective_stakes(const Plan& plan) {
    std::vector<Stake> all;
    for (const auto& inject : plan.injects) {
        const auto& name = inject.objective;
        if (name.empty() || std::any_of(all.begin(), all.end(), [&](const Stake& s) { return s.name == name; }))
            continue;
        Stake stake{name, name};
        add_injects(
            plan,
            [&name](const Inject& i) {
                return i.objective == name ? impact_of(i) + i.restore_milli + i.expects.value_milli : 0;
            },
            stake);
        stake.items = static_cast<int>(std::count_if(plan.injects.begin(), plan.injects.end(),
                                                     [&](const Inject& i) { return i.objective == name; }));
        all.push_back(std::move(stake));
    }
    return all;
}

} // namespace testudo::plan
