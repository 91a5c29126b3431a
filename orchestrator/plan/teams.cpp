#include <fmt/format.h>

#include "orchestrator/plan/groups.hpp"

namespace testudo::plan {
namespace {

using template_::error;

std::string capitalised(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
}

} // namespace

void plan_teams(Draft& draft) {
    refuse_doubles(draft.source.teams, "teams", draft.out);
    for (const auto& spec : draft.source.teams) {
        if (find_team(draft.plan, spec.id.value))
            continue;
        Team team;
        team.id = spec.id.value;
        team.title = title_or(spec.title, capitalised(spec.id.value), draft);
        team.colour = spec.colour.value;
        team.language = spec.language.value;
        team.nations = nations_of(spec.nations, draft);
        if (team.id == "reference")
            error(draft.out, "T0403", spec.id.span, "`reference` is the name of the reference copy, no team's");
        if (team.colour == "blue") {
            draft.blue.push_back(team.id);
            team.number = static_cast<int>(draft.blue.size());
            if (spec.nations.empty())
                error(draft.out, "T0402", spec.id.span, fmt::format("the blue team `{}` has no nation", team.id),
                      "a team of no real nation has one from XAA to XZZ");
        }
        draft.plan.teams.push_back(std::move(team));
    }
    const bool told = template_::has_errors(draft.out);
    if (draft.blue.empty() && !told)
        error(draft.out, "T0404", draft.source.exercise.span, "there is no blue team",
              "`teams: { north: { colour: blue, nations: [EST] } }`");
}

} // namespace testudo::plan
