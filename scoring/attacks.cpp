#include "scoring/attacks.hpp"

#include <algorithm>

#include "scoring/formulas.hpp"

namespace testudo::scoring {

Attacks::Attacks(std::shared_ptr<const Model> model) : model_(std::move(model)) {
    for (std::size_t i = 0; i < model_->attacks.size(); ++i)
        index_[model_->attacks[i].inject] = i;
}

void Attacks::fired(const Event& event) {
    const auto found = index_.find(text_or(event.body, "inject"));
    if (found == index_.end())
        return;
    const auto& attack = model_->attacks[found->second];
    const auto team = text_or(event.body, "team");
    for (const auto& [target, machines] : attack.machines) {
        if (!team.empty() && team != target)
            continue;
        auto [it, fresh] = courses_.try_emplace(Key(target, found->second));
        if (!fresh)
            continue;
        it->second.fired_ms = std::max<std::int64_t>(0, event.exercise_ms);
        it->second.seqs.push_back(event.seq);
        accounts_[target].moving.insert(found->second);
    }
}

Attacks::Course* Attacks::course_of(const Event& event) {
    const auto found = index_.find(text_or(event.body, "inject"));
    if (found == index_.end())
        return nullptr;
    const auto course = courses_.find({event.scope, found->second});
    if (course == courses_.end())
        return nullptr;
    stir(course->first, course->second);
    return &course->second;
}

void Attacks::stir(const Key& key, Course& course) {
    if (!course.settled)
        return;
    auto& account = accounts_[key.first];
    account.settled.impact_milli -= course.settled->impact_milli;
    account.settled.restoration_milli -= course.settled->restoration_milli;
    account.moving.insert(key.second);
    course.settled.reset();
}

void Attacks::result(const Event& event) {
    auto* course = course_of(event);
    if (!course || text_or(event.body, "outcome") != "ok")
        return;
    course->succeeded = true;
    course->seqs.push_back(event.seq);
}

std::set<std::string> Attacks::checks_of(const std::string& team, const Attack& attack) const {
    std::set<std::string> out;
    const auto machines = attack.machines.find(team);
    for (const auto& check : model_->checks)
        if (check.charged && check.team == team && machines != attack.machines.end() &&
            std::find(machines->second.begin(), machines->second.end(), check.machine) != machines->second.end())
            out.insert(check.id);
    return out;
}

void Attacks::effect(const Event& event) {
    auto* course = course_of(event);
    if (!course)
        return;
    const auto act = text_or(event.body, "act");
    const Key key(event.scope, index_.at(text_or(event.body, "inject")));
    const bool held = !course->holding.empty();
    if (bool_or(event.body, "holds"))
        course->holding.insert(act);
    else
        course->holding.erase(act);
    const bool holds = !course->holding.empty();
    if (held == holds)
        return;
    course->seqs.push_back(event.seq);
    if (holds) {
        course->spells.push_back({event.exercise_ms, -1, -1, {}});
        recovering_.erase(key);
        return;
    }
    auto& spell = course->spells.back();
    spell.gone_ms = event.exercise_ms;
    spell.awaited = checks_of(event.scope, model_->attacks[key.second]);
    if (spell.awaited.empty())
        spell.restored_ms = spell.gone_ms;
    else
        recovering_.insert(key);
}

void Attacks::verdict(const Availability::Settled& settled) {
    if (recovering_.empty() || is_bad(settled.verdict))
        return;
    const auto& check = model_->checks[settled.check];
    for (auto it = recovering_.lower_bound({check.team, 0}); it != recovering_.end() && it->first == check.team;) {
        auto& course = courses_.at(*it);
        auto& spell = course.spells.back();
        const bool good_again =
            settled.at_ms >= spell.gone_ms && spell.awaited.erase(check.id) > 0 && spell.awaited.empty();
        if (good_again) {
            stir(*it, course);
            spell.restored_ms = settled.at_ms;
        }
        it = good_again ? recovering_.erase(it) : std::next(it);
    }
}

bool Attacks::explains(const std::string& team, const std::string& machine, std::int64_t at_ms) const {
    bool explained = false;
    for_team(team, [&](const Course& course, const Attack& attack) {
        if (explained || course.spells.empty())
            return;
        const auto& machines = attack.machines.at(team);
        if (std::find(machines.begin(), machines.end(), machine) == machines.end())
            return;
        // The effect began between the firing and its first sight; a later spell began at its sight.
        auto from = course.fired_ms;
        for (const auto& spell : course.spells) {
            explained = explained || (from <= at_ms && (spell.gone_ms < 0 || at_ms <= spell.gone_ms));
            from = spell.gone_ms;
        }
    });
    return explained;
}

std::int64_t Attacks::held_ms(const Course& course, std::int64_t now_ms) {
    std::int64_t sum = 0;
    for (const auto& spell : course.spells)
        sum += (spell.gone_ms < 0 ? now_ms : spell.gone_ms) - spell.from_ms;
    return sum;
}

std::int64_t Attacks::restored_ms(const Course& course, std::int64_t now_ms) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < course.spells.size(); ++i) {
        const auto& spell = course.spells[i];
        // A spell that was followed by another before the machine was well again ended where the other began.
        const auto until = spell.restored_ms >= 0         ? spell.restored_ms
                           : i + 1 < course.spells.size() ? course.spells[i + 1].from_ms
                                                          : now_ms;
        sum += until - spell.from_ms;
    }
    return sum;
}

Attacks::Cost Attacks::cost_of(const Course& course, const Attack& attack, std::int64_t now_ms) const {
    Cost cost;
    if (attack.impact_milli > 0 && !attack.has_effect && course.succeeded)
        cost.impact_milli = impact_max(attack.impact_milli, attack.level_milli);
    if (course.spells.empty())
        return cost;
    if (attack.impact_milli > 0 && attack.has_effect)
        cost.impact_milli =
            impact_loss(attack.impact_milli, attack.level_milli, Millis(held_ms(course, now_ms)), attack.impact_full);
    if (attack.restore_milli > 0)
        cost.restoration_milli =
            restoration_loss(attack.restore_milli, Millis(restored_ms(course, now_ms)), attack.restore_target);
    return cost;
}

Attacks::Cost Attacks::cost(const std::string& team, std::int64_t now_ms) const {
    const auto found = accounts_.find(team);
    if (found == accounts_.end())
        return {};
    auto& account = found->second;
    auto sum = account.settled;
    for (auto it = account.moving.begin(); it != account.moving.end();) {
        const auto& attack = model_->attacks[*it];
        const auto& course = courses_.at({team, *it});
        const auto cost = cost_of(course, attack, now_ms);
        sum.impact_milli += cost.impact_milli;
        sum.restoration_milli += cost.restoration_milli;
        // Time alone changes nothing any more: it is over, or costs the most that it can.
        const bool gone = course.holding.empty() ||
                          (attack.impact_milli <= 0 || held_ms(course, now_ms) >= attack.impact_full.count());
        const bool restored = course.spells.empty() || course.spells.back().restored_ms >= 0 ||
                              attack.restore_milli <= 0 || cost.restoration_milli >= attack.restore_milli;
        if (!gone || !restored) {
            ++it;
            continue;
        }
        course.settled = cost;
        account.settled.impact_milli += cost.impact_milli;
        account.settled.restoration_milli += cost.restoration_milli;
        it = account.moving.erase(it);
    }
    return sum;
}

std::vector<Attacks::Loss> Attacks::impact(const std::string& team, std::int64_t now_ms) const {
    std::vector<Loss> out;
    for_team(team, [&](const Course& course, const Attack& attack) {
        if (attack.impact_milli <= 0 || (attack.has_effect ? course.spells.empty() : !course.succeeded))
            return;
        Loss loss{&attack, cost_of(course, attack, now_ms).impact_milli, course.fired_ms, 0, true, course.seqs};
        if (attack.has_effect) {
            loss.duration_ms = held_ms(course, now_ms);
            loss.over = course.holding.empty();
        }
        out.push_back(std::move(loss));
    });
    return out;
}

std::vector<Attacks::Loss> Attacks::restoration(const std::string& team, std::int64_t now_ms) const {
    std::vector<Loss> out;
    for_team(team, [&](const Course& course, const Attack& attack) {
        if (attack.restore_milli <= 0 || course.spells.empty())
            return;
        out.push_back({&attack, cost_of(course, attack, now_ms).restoration_milli, course.fired_ms,
                       restored_ms(course, now_ms), course.spells.back().restored_ms >= 0, course.seqs});
    });
    return out;
}

} // namespace testudo::scoring
