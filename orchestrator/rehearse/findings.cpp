#include "orchestrator/rehearse/findings.hpp"

#include <algorithm>
#include <set>

#include "orchestrator/rehearse/players.hpp"

namespace testudo::rehearse {
namespace {

constexpr std::size_t least_crowd = 4;

using Times = std::vector<std::pair<std::string, std::vector<std::int64_t>>>; // of each team, in order

Times times_of(const Rehearsal& rehearsal, const Run& run) {
    std::map<std::string, std::vector<std::int64_t>> of_team;
    for (const auto& firing : run.firings)
        of_team[firing.team].push_back(std::min<std::int64_t>(firing.at_ms, rehearsal.plan.duration.count()));
    Times out;
    for (const auto& score : run.scores)
        out.emplace_back(score.team, of_team[score.team]);
    return out;
}

void find_quiet(const Rehearsal& rehearsal, const Times& times, Findings& out) {
    for (const auto& [team, moments] : times) {
        Stretch longest{team, 0, 0, 0};
        std::int64_t last = 0;
        const auto look = [&, &name = team](std::int64_t until) {
            const Stretch gap{name, last, until, 0};
            if (gap.to_ms - gap.from_ms > longest.to_ms - longest.from_ms)
                longest = gap;
            if (gap.to_ms - gap.from_ms > rehearsal.quiet_after_ms)
                out.quiet.push_back(gap);
            last = until;
        };
        for (const auto at : moments)
            look(at);
        look(rehearsal.plan.duration.count());
        out.longest_quiet.push_back(longest);
    }
}

// Windows of one width in which a team gets at least four injects and three times what is usual; those that overlap are
// one stretch.
void find_crowds(const Rehearsal& rehearsal, const Times& times, Findings& out) {
    const auto width = rehearsal.crowd_ms;
    const auto duration = std::max<std::int64_t>(1, rehearsal.plan.duration.count());
    for (const auto& [team, moments] : times) {
        const auto usual = moments.size() * static_cast<std::size_t>(width) * 3 / static_cast<std::size_t>(duration);
        const auto enough = std::max(least_crowd, usual);
        std::size_t first = 0;
        for (std::size_t i = 0; i < moments.size(); ++i) {
            while (moments[i] - moments[first] > width)
                ++first;
            if (i - first + 1 < enough)
                continue;
            const bool goes_on =
                !out.crowded.empty() && out.crowded.back().team == team && out.crowded.back().to_ms >= moments[first];
            if (!goes_on)
                out.crowded.push_back({team, moments[first], moments[i], i - first});
            out.crowded.back().to_ms = moments[i];
            ++out.crowded.back().count;
        }
    }
}

void find_collisions(const Rehearsal& rehearsal, const Run& run, Findings& out) {
    const auto end = rehearsal.plan.duration.count();
    std::map<std::pair<std::string, std::string>, std::vector<const Spell*>> on; // team, machine
    for (const auto& spell : run.spells)
        on[{spell.team, spell.machine}].push_back(&spell);
    std::map<std::pair<std::size_t, std::size_t>, Collision> found;
    for (const auto& [place, spells] : on)
        for (std::size_t i = 0; i < spells.size(); ++i)
            for (std::size_t j = i + 1; j < spells.size(); ++j) {
                const auto& a = *spells[i];
                const auto& b = *spells[j];
                if (a.inject == b.inject)
                    continue;
                const auto from = std::max(a.from_ms, b.from_ms);
                const auto to = std::min(a.to_ms < 0 ? end : a.to_ms, b.to_ms < 0 ? end : b.to_ms);
                if (from >= to)
                    continue;
                const auto key = std::minmax(a.inject, b.inject);
                auto [it, fresh] =
                    found.try_emplace({key.first, key.second}, Collision{key.first, key.second, {}, from, to - from});
                auto& collision = it->second;
                collision.at_ms = std::min(collision.at_ms, from);
                collision.longest_ms = std::max(collision.longest_ms, to - from);
                if (std::find(collision.machines.begin(), collision.machines.end(), place.second) ==
                    collision.machines.end())
                    collision.machines.push_back(place.second);
            }
    for (auto& [key, collision] : found)
        out.collisions.push_back(std::move(collision));
    std::stable_sort(out.collisions.begin(), out.collisions.end(),
                     [](const Collision& a, const Collision& b) { return a.at_ms < b.at_ms; });
}

void count_load(const Rehearsal& rehearsal, const Run& run, Findings& out) {
    const auto width = rehearsal.bucket_ms;
    const auto duration = rehearsal.plan.duration.count();
    out.load.resize(static_cast<std::size_t>((duration + width - 1) / width));
    if (out.load.empty())
        return;
    const auto bucket = [&](std::int64_t at) -> Hours& {
        return out.load[std::min(out.load.size() - 1, static_cast<std::size_t>(at / width))];
    };
    const auto controller = [&](std::size_t inject) {
        const auto& name = rehearsal.plan.injects[inject].controller;
        return name.empty() ? std::string("white") : name;
    };
    std::set<std::pair<std::size_t, std::int64_t>> by_hand; // once for all teams
    for (const auto& firing : run.firings) {
        ++bucket(firing.at_ms).injects[firing.team];
        if (firing.cause == "manual" && by_hand.emplace(firing.inject, firing.at_ms).second)
            ++bucket(firing.at_ms).controllers[controller(firing.inject)].by_hand;
    }
    for (const auto& one : run.awaited) {
        if (one.filed_ms < 0)
            continue;
        const auto& who = controller(one.inject);
        ++bucket(one.filed_ms).controllers[who].arrived;
        const auto until = one.graded_ms < 0 ? duration : std::min(one.graded_ms, duration);
        const auto from = std::max(one.filed_ms, one.graded_ms - reading_time.count());
        for (std::size_t i = 0; i < out.load.size(); ++i) {
            const auto begin = static_cast<std::int64_t>(i) * width;
            const auto end = std::min(begin + width, duration);
            const auto reading = std::min(until, end) - std::max(from, begin);
            const bool waiting = one.filed_ms < end && (one.graded_ms < 0 || one.graded_ms >= end);
            if (reading > 0 && one.graded_ms >= 0)
                out.load[i].controllers[who].reading_ms += reading;
            if (waiting)
                ++out.load[i].controllers[who].waiting;
        }
    }
}

void count_reports(const Rehearsal& rehearsal, const Run& run, Findings& out) {
    auto& r = out.reports;
    r.asked = run.awaited.size();
    for (const auto& one : run.awaited) {
        if (one.filed_ms < 0)
            ++r.missing;
        else if (one.filed_ms > one.due_ms)
            ++r.late;
        else
            ++r.in_time;
        r.graded_after_endex += one.graded_ms > rehearsal.plan.duration.count() ? 1 : 0;
    }
}

} // namespace

Findings findings_of(const Rehearsal& rehearsal, const Run& run) {
    Findings out;
    const auto times = times_of(rehearsal, run);
    find_quiet(rehearsal, times, out);
    find_crowds(rehearsal, times, out);
    find_collisions(rehearsal, run, out);
    count_load(rehearsal, run, out);
    count_reports(rehearsal, run, out);
    return out;
}

} // namespace testudo::rehearse
