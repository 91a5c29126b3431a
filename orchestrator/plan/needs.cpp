#include <algorithm>
#include <deque>
#include <fmt/format.h>

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {
namespace {

using template_::error;
using template_::Text;

struct Need {
    std::size_t machine;
    const Text* text;
};
using Needs = std::vector<std::vector<Need>>; // by machine

Needs read_needs(Draft& draft) {
    Needs needs(draft.machines.size());
    for (std::size_t i = 0; i < draft.machines.size(); ++i) {
        const auto& machine = draft.machines[i];
        for (const auto& text : machine.spec->needs) {
            const auto wanted = draft.machines_of(text.value, machine.copy_of);
            for (const auto one : wanted)
                needs[i].push_back({one, &text});
            if (!wanted.empty())
                continue;
            const bool of_teams = draft.machine_specs.contains(text.value) || draft.counted.contains(text.value);
            error(draft.out, of_teams ? "T1132" : "T1131", text.span,
                  of_teams ? fmt::format("this machine is shared, but every team has a `{}` of its own", text.value)
                           : fmt::format("there is no machine `{}`", text.value),
                  of_teams ? "what is shared cannot wait for what teams have"
                           : template_::suggest(text.value, draft.machine_names()));
        }
    }
    return needs;
}

// Those that can never be ready: in a circle, or waiting for one.
std::vector<bool> stuck_among(const Needs& needs) {
    std::vector<std::size_t> open(needs.size());
    std::vector<std::vector<std::size_t>> waiting(needs.size());
    std::deque<std::size_t> ready;
    for (std::size_t i = 0; i < needs.size(); ++i) {
        open[i] = needs[i].size();
        for (const auto& need : needs[i])
            waiting[need.machine].push_back(i);
        if (needs[i].empty())
            ready.push_back(i);
    }
    std::vector<bool> stuck(needs.size(), true);
    for (; !ready.empty(); ready.pop_front()) {
        stuck[ready.front()] = false;
        for (const auto i : waiting[ready.front()])
            if (--open[i] == 0)
                ready.push_back(i);
    }
    return stuck;
}

// Follows what is stuck until it comes by a machine again: that is the circle.
void tell_circle(Draft& draft, const Needs& needs, const std::vector<bool>& stuck) {
    const auto first = std::find(stuck.begin(), stuck.end(), true);
    if (first == stuck.end())
        return;
    std::vector<std::size_t> way{static_cast<std::size_t>(first - stuck.begin())};
    for (;;) {
        const auto& next = *std::find_if(needs[way.back()].begin(), needs[way.back()].end(),
                                         [&stuck](const Need& need) { return stuck[need.machine]; });
        const auto seen = std::find(way.begin(), way.end(), next.machine);
        if (seen == way.end()) {
            way.push_back(next.machine);
            continue;
        }
        std::string names;
        for (auto at = seen; at != way.end(); ++at)
            names += fmt::format("`{}` needs ", draft.plan.machines[*at].name);
        error(draft.out, "T1133", next.text->span,
              fmt::format("{}`{}`: none of them can be ready first", names, draft.plan.machines[next.machine].name));
        return;
    }
}

} // namespace

void plan_needs(Draft& draft) {
    const auto needs = read_needs(draft);
    for (std::size_t i = 0; i < needs.size(); ++i)
        for (const auto& need : needs[i]) {
            auto& all = draft.plan.machines[i].needs;
            const auto& id = draft.plan.machines[need.machine].id;
            if (std::find(all.begin(), all.end(), id) == all.end())
                all.push_back(id);
        }
    tell_circle(draft, needs, stuck_among(needs));
}

} // namespace testudo::plan
