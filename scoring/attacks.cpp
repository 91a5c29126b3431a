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
        auto [it, fresh] = courses_.try_emplace(std::pair(target, found->second));
        if (!fresh)
            continue;
        it->second.fired_ms = std::max<std::int64_t>(0, event.exercise_ms);
        it->second.seqs.push_back(event.seq);
    }
}

Attacks::Course* Attacks::course_of(const Event& event) {
    const auto found = index_.find(text_or(event.body, "inject"));
    if (found == index_.end())
        return nullptr;
    const auto course = courses_.find({event.scope, found->second});
    return course == courses_.end() ? nullptr : &course->second;
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
        if (check.team == team && machines != attack.machines.end() &&
            std::find(machines->second.begin(), machines->second.end(), check.machine) != machines->second.end())
            out.insert(check.id);
    return out;
}

void Attacks::effect(const Event& event) {
    auto* course = course_of(event);
    if (!course)
        return;
    const auto act = text_or(event.body, "act");
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
        return;
    }
    auto& spell = course->spells.back();
    spell.gone_ms = event.exercise_ms;
    spell.awaited = checks_of(event.scope, model_->attacks[index_.at(text_or(event.body, "inject"))]);
    if (spell.awaited.empty())
        spell.restored_ms = spell.gone_ms;
}

void Attacks::verdict(const Availability::Settled& settled) {
    if (is_bad(settled.verdict))
        return;
    const auto& check = model_->checks[settled.check];
    for (auto& [key, course] : courses_) {
        if (key.first != check.team || course.spells.empty())
            continue;
        auto& spell = course.spells.back();
        if (spell.gone_ms < 0 || spell.restored_ms >= 0 || settled.at_ms < spell.gone_ms ||
            spell.awaited.erase(check.id) == 0)
            continue;
        if (spell.awaited.empty())
            spell.restored_ms = settled.at_ms;
    }
}

bool Attacks::explains(const std::string& team, const std::string& machine, std::int64_t at_ms) const {
    for (const auto& [key, course] : courses_) {
        if (key.first != team || course.spells.empty())
            continue;
        const auto& machines = model_->attacks[key.second].machines.at(team);
        if (std::find(machines.begin(), machines.end(), machine) == machines.end())
            continue;
        // The effect began between the firing and its first sight; a later spell began at its sight.
        auto from = course.fired_ms;
        for (const auto& spell : course.spells) {
            if (from <= at_ms && (spell.gone_ms < 0 || at_ms <= spell.gone_ms))
                return true;
            from = spell.gone_ms;
        }
    }
    return false;
}

std::vector<Attacks::Loss> Attacks::impact(const std::string& team, std::int64_t now_ms) const {
    std::vector<Loss> out;
    for (const auto& [key, course] : courses_) {
        const auto& attack = model_->attacks[key.second];
        if (key.first != team || attack.impact_milli <= 0)
            continue;
        Loss loss{&attack, 0, course.fired_ms, 0, true, course.seqs};
        if (!attack.has_effect) {
            if (!course.succeeded)
                continue;
            loss.milli = impact_max(attack.impact_milli, attack.level_milli);
        } else {
            if (course.spells.empty())
                continue;
            for (const auto& spell : course.spells)
                loss.duration_ms += (spell.gone_ms < 0 ? now_ms : spell.gone_ms) - spell.from_ms;
            loss.over = course.holding.empty();
            loss.milli =
                impact_loss(attack.impact_milli, attack.level_milli, Millis(loss.duration_ms), attack.impact_full);
        }
        out.push_back(std::move(loss));
    }
    return out;
}

std::vector<Attacks::Loss> Attacks::restoration(const std::string& team, std::int64_t now_ms) const {
    std::vector<Loss> out;
    for (const auto& [key, course] : courses_) {
        const auto& attack = model_->attacks[key.second];
        if (key.first != team || attack.restore_milli <= 0 || course.spells.empty())
            continue;
        Loss loss{&attack, 0, course.fired_ms, 0, true, course.seqs};
        for (std::size_t i = 0; i < course.spells.size(); ++i) {
            const auto& spell = course.spells[i];
            // A spell that was followed by another before the machine was well again ended where the other began.
            const auto until = spell.restored_ms >= 0         ? spell.restored_ms
                               : i + 1 < course.spells.size() ? course.spells[i + 1].from_ms
                                                              : now_ms;
            loss.duration_ms += until - spell.from_ms;
            loss.over = spell.restored_ms >= 0;
        }
        loss.milli = restoration_loss(attack.restore_milli, Millis(loss.duration_ms), attack.restore_target);
        out.push_back(std::move(loss));
    }
    return out;
}

} // namespace testudo::scoring
