#include "orchestrator/range/selection.hpp"

#include <fmt/format.h>

#include "orchestrator/core/diagnostic.hpp"

namespace testudo::range {
namespace {

tl::unexpected<Error> no_such(const char* kind, const std::string& word, const std::vector<std::string>& known) {
    const auto near = nearest(word, known);
    return fail(fmt::format("{}.unknown", kind), word,
                fmt::format("there is no such {}{}", kind, near.empty() ? "" : "; did you mean " + near + "?"));
}

} // namespace

Result<std::set<std::string>> machines_meant(const plan::Plan& plan, const std::string& team,
                                             const std::string& machine) {
    std::vector<std::string> known;
    if (team.empty()) {
        if (plan::find_machine(plan, machine))
            return std::set<std::string>{machine};
        for (const auto& one : plan.machines)
            known.push_back(one.id);
        return no_such("machine", machine, known);
    }
    std::set<std::string> machines;
    for (const auto& one : plan.machines)
        if (one.team == team)
            machines.insert(one.id);
    if (!machines.empty())
        return machines;
    for (const auto& one : plan.teams)
        known.push_back(one.id);
    if (plan::find_team(plan, team))
        return fail("team.unknown", team, "has no machines of its own");
    return no_such("team", team, known);
}

} // namespace testudo::range
