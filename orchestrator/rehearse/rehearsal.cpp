#include "orchestrator/rehearse/rehearsal.hpp"

#include <algorithm>
#include <set>

#include "orchestrator/rehearse/findings.hpp"
#include "orchestrator/rehearse/players.hpp"

namespace testudo::rehearse {
namespace {

using namespace std::chrono_literals;

Millis bucket_for(Millis duration) {
    return duration <= 1h ? 5min : duration <= 6h ? 30min : 1h;
}

std::vector<Phase> phases_of(const plan::Plan& plan) {
    std::vector<Phase> out;
    for (std::size_t i = 0; i < plan.phases.size(); ++i)
        out.push_back({plan.phases[i].title, plan.phases[i].at.count(),
                       i + 1 < plan.phases.size() ? plan.phases[i + 1].at.count() : plan.duration.count()});
    return out;
}

std::vector<Never> never_fired(const plan::Plan& plan, const std::vector<Run>& runs) {
    std::set<std::size_t> fired;
    for (const auto& run : runs)
        for (const auto& firing : run.firings)
            fired.insert(firing.inject);
    std::vector<Never> out;
    for (std::size_t i = 0; i < plan.injects.size(); ++i) {
        if (fired.contains(i))
            continue;
        Never never{i, "it is for no team"};
        for (const auto& run : runs)
            for (const auto& unfired : run.unfired)
                if (unfired.inject == i)
                    never.why = unfired.why;
        out.push_back(std::move(never));
    }
    return out;
}

} // namespace

Result<Rehearsal> rehearse(const plan::Plan& plan, const std::vector<Behaviour>& behaviours) {
    Rehearsal out;
    out.plan = plan;
    out.bucket_ms = bucket_for(plan.duration).count();
    out.crowd_ms = std::clamp<Millis>(plan.duration / 30, 1min, 30min).count();
    out.quiet_after_ms = std::max<Millis>(plan.duration / 6, 5min).count();
    out.phases = phases_of(plan);
    const auto played = at_pace(plan, most_probes, out.pace);
    for (const auto& [inject, at] : hand_fired(played))
        out.by_hand.emplace_back(static_cast<std::size_t>(inject - played.injects.data()), at.count());
    for (const auto behaviour : behaviours) {
        auto run = play(played, behaviour);
        if (!run)
            return tl::unexpected(run.error());
        out.runs.push_back(std::move(*run));
    }
    for (const auto& run : out.runs)
        out.findings.push_back(findings_of(out, run));
    out.never = never_fired(plan, out.runs);
    return out;
}

} // namespace testudo::rehearse
