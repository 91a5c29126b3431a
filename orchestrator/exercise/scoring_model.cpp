#include "orchestrator/exercise/scoring_model.hpp"

namespace testudo::exercise {

scoring::Model scoring_model(const plan::Plan& plan) {
    scoring::Model model;
    model.charges_requested_resets = plan.charges_requested_resets;
    for (const auto& t : plan.teams)
        if (t.colour == "blue")
            model.teams.push_back({t.id, t.title});
    for (const auto& c : plan.categories)
        model.categories.push_back({c.id, c.title, c.weight_milli});
    for (const auto& c : plan.checks)
        model.checks.push_back({c.id, c.name, c.title, c.team, c.target, c.period, c.confirm_failures, c.confirm_of,
                                c.weight_milli, c.tell != "white", c.users.empty()});
    for (const auto& i : plan.injects) {
        if (i.kind == plan::Inject::Kind::action) {
            scoring::Attack attack{i.id,
                                   i.title,
                                   i.has_effect,
                                   i.impact_milli,
                                   i.level_milli,
                                   i.impact_full,
                                   i.restore_milli,
                                   i.restore_target,
                                   {}};
            for (const auto& target : i.targets)
                attack.machines[target.team].push_back(target.target);
            model.attacks.push_back(std::move(attack));
        } else if (i.expects.value_milli > 0) {
            model.expected.push_back({i.id, i.title, i.expects.value_milli, i.expects.within, i.teams});
        }
    }
    return model;
}

} // namespace testudo::exercise
