#include "orchestrator/plan/sight.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {
namespace {

using template_::error;
using template_::MachineSpec;
using template_::Text;

const std::string own = "own";
const std::string white = "white";
const std::string instructor = "instructor";

bool contains(const std::vector<std::string>& all, std::string_view one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

bool is_red(const Plan& plan, std::string_view team) {
    const auto* found = find_team(plan, team);
    return found && found->colour == "red";
}

bool is_team_or_colour(const Plan& plan, const std::string& word) {
    static const std::vector<std::string> colours{"blue", "red", "white", "green", "yellow"};
    return find_team(plan, word) || contains(colours, word);
}

void refuse_unknown(Draft& draft, const std::vector<Text>& words, bool of_console) {
    for (const auto& word : words) {
        if (word.value == own || is_team_or_colour(draft.plan, word.value) || (of_console && word.value == instructor))
            continue;
        std::vector<std::string> known{own, "blue", "red", white, "green", "yellow"};
        if (of_console)
            known.push_back(instructor);
        for (const auto& team : draft.plan.teams)
            known.push_back(team.id);
        error(draft.out, "T1134", word.span, fmt::format("there is no team `{}`", word.value),
              template_::suggest(word.value, known));
    }
}

// The white team first, which a list that was given always holds: so one that shows a machine to nobody else differs
// from none.
std::vector<std::string> resolved(const Plan& plan, const std::vector<Text>& words, const std::string& owner) {
    std::vector<std::string> all;
    if (words.empty())
        return all;
    all.push_back(white);
    const auto add = [&all](const std::string& one) {
        if (!one.empty() && !contains(all, one))
            all.push_back(one);
    };
    for (const auto& word : words) {
        if (word.value == own)
            add(owner);
        if (word.value == instructor)
            add(instructor);
        for (const auto& team : plan.teams)
            if (team.id == word.value || team.colour == word.value)
                add(team.id);
    }
    return all;
}

// Who is to open a console has to see that there is one.
void refuse_blind(Draft& draft, const MachineSpec& spec, const Machine& machine) {
    for (const auto& word : spec.console)
        for (const auto& team : resolved(draft.plan, {word}, machine.team)) {
            if (team == white || team == instructor || is_seen_by(draft.plan, machine, team))
                continue;
            auto& d = error(draft.out, "T1135", word.span,
                            fmt::format("`{}` is to open the console of `{}`, but may not see that it is there", team,
                                        spec.id.value),
                            fmt::format("add `{}` to `seen_by`", word.value));
            if (!spec.seen_by.empty())
                d.related.push_back({spec.seen_by.front().span, "who may see it"});
            return;
        }
}

} // namespace

bool is_seen_by(const Plan& plan, const Machine& machine, std::string_view team) {
    if (!machine.seen_by.empty())
        return contains(machine.seen_by, team);
    return !machine.team.empty() && (machine.team == team || is_red(plan, team));
}

bool opens_console(const Plan& plan, const Machine& machine, std::string_view team) {
    if (!is_seen_by(plan, machine, team))
        return false;
    return machine.console.empty() ? machine.team == team : contains(machine.console, team);
}

bool instructor_opens_console(const Machine& machine) {
    return contains(machine.console, instructor);
}

void plan_sight(Draft& draft) {
    for (std::size_t i = 0; i < draft.machines.size(); ++i) {
        const auto& spec = *draft.machines[i].spec;
        auto& machine = draft.plan.machines[i];
        machine.seen_by = resolved(draft.plan, spec.seen_by, machine.team);
        machine.console = resolved(draft.plan, spec.console, machine.team);
    }
    // What one machine of a name says, its copies for other teams say again.
    std::set<const MachineSpec*> told;
    for (std::size_t i = 0; i < draft.machines.size(); ++i) {
        const auto& spec = *draft.machines[i].spec;
        if (!told.insert(&spec).second)
            continue;
        refuse_unknown(draft, spec.seen_by, false);
        refuse_unknown(draft, spec.console, true);
        refuse_blind(draft, spec, draft.plan.machines[i]);
    }
}

} // namespace testudo::plan
