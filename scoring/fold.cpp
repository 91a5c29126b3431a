#include "scoring/fold.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "scoring/formulas.hpp"

namespace testudo::scoring {
namespace {

std::string span_text(std::int64_t ms) {
    const auto seconds = ms / 1000;
    return seconds < 60 ? fmt::format("{} s", seconds) : fmt::format("{} min {} s", seconds / 60, seconds % 60);
}

std::string spaced(const std::string& text) {
    return text.empty() ? text : " (" + text + ")";
}

std::string impact_text(const Attacks::Loss& l) {
    if (!l.attack->has_effect)
        return "succeeded";
    return fmt::format("{} {}", l.over ? "held for" : "has held for", span_text(l.duration_ms));
}

std::string restoration_text(const Attacks::Loss& l) {
    return fmt::format("{} {}", l.over ? "restored after" : "not restored for", span_text(l.duration_ms));
}

std::string report_title(const Model& model, const Reports::Loss& l) {
    const auto expected = std::find_if(model.expected.begin(), model.expected.end(),
                                       [&](const Expected& e) { return e.inject == l.inject; });
    return expected == model.expected.end() ? l.inject : expected->title;
}

std::string report_text(const Reports::Loss& l) {
    if (l.why == Reports::Loss::Why::missing)
        return fmt::format("no report by {}", to_exercise_text(Millis(l.at_ms)));
    return fmt::format("report graded{}{}", l.late_ms > 0 ? ", " + span_text(l.late_ms) + " late" : "",
                       l.disputed ? "; the graders differ widely, a second reading is due" : "");
}

constexpr std::int64_t least_coverage_percent = 60;

} // namespace

Scores::Scores(std::shared_ptr<const Model> model)
    : model_(std::move(model)), availability_(model_), attacks_(model_), reports_(model_) {
    for (std::size_t i = 0; i < model_->checks.size(); ++i)
        if (model_->checks[i].charged)
            checks_of_[model_->checks[i].team].push_back(i);
    for (const auto& attack : model_->attacks)
        for (const auto& [team, machines] : attack.machines) {
            most_[{team, "impact"}] += impact_max(attack.impact_milli, attack.level_milli);
            most_[{team, "restoration"}] += attack.restore_milli;
        }
    for (const auto& expected : model_->expected)
        for (const auto& team : std::set<std::string>(expected.teams.begin(), expected.teams.end()))
            most_[{team, "reports"}] += expected.value_milli;
}

void Scores::apply(const Event& event) {
    changes_.clear();
    totals_.clear();
    const auto& kind = event.kind;
    if (kind == "score.adjusted") {
        adjustments_.push_back({event.scope, text_or(event.body, "category"), int_or(event.body, "milli"),
                                text_or(event.body, "reason"), text_or(event.body, "by"), event.seq,
                                std::max<std::int64_t>(0, event.exercise_ms)});
        return;
    }
    if (kind == "report.graded") {
        reports_.graded(event);
        return;
    }
    if (ended_ && kind != "check.ruled")
        return;
    now_ms_ = ended_ ? now_ms_ : std::max(now_ms_, event.exercise_ms);
    if (kind == "inject.fired")
        attacks_.fired(event);
    else if (kind == "action.result")
        attacks_.result(event);
    else if (kind == "message.delivered")
        reports_.delivered(event);
    else if (kind == "report.filed")
        reports_.filed(event);
    else if (kind == "machine.reset") {
        if (!bool_or(event.body, "requested") || !model_->charges_requested_resets)
            availability_.interrupted(text_or(event.body, "machine"), event.scope, event.exercise_ms);
    } else if (kind == "machine.state" && text_or(event.body, "state") == "ready")
        availability_.back(text_or(event.body, "machine"), event.exercise_ms);
    else if (kind == "check.sample" || kind == "check.ruled" || kind == "effect.observed" || kind == "host.lost" ||
             kind == "controller.started" || kind == "exercise.ended")
        judge_anew(event);
}

void Scores::judge_anew(const Event& event) {
    const auto explains = [this](const std::string& team, const std::string& machine, std::int64_t at_ms) {
        return attacks_.explains(team, machine, at_ms);
    };
    if (event.kind == "check.sample") {
        availability_.sample(event, explains);
    } else if (event.kind == "check.ruled") {
        availability_.ruling(event, explains);
    } else if (event.kind == "effect.observed") {
        attacks_.effect(event);
        availability_.reconsider(event.scope, explains);
    } else if (event.kind == "host.lost") {
        std::map<std::string, std::string> machines;
        if (const auto* listed = event.body.if_contains("machines"); listed != nullptr && listed->is_array())
            for (const auto& item : listed->get_array())
                if (const auto* machine = item.if_object())
                    machines[text_or(*machine, "machine")] = text_or(*machine, "team");
        availability_.host_lost(machines, event.exercise_ms, explains);
    } else {
        availability_.close(explains);
        ended_ = ended_ || event.kind == "exercise.ended";
    }
    for (const auto& settled : availability_.take_settled())
        attacks_.verdict(settled);

    for (const auto& [check, before] : availability_.take_changes())
        changes_.push_back({check, before});
}

const Availability::Status* Scores::status(std::string_view check) const {
    return availability_.status(check);
}

std::int64_t Scores::adjusted(const std::string& team, const std::string& category) const {
    std::int64_t sum = 0;
    for (const auto& a : adjustments_)
        if (a.team == team && a.category == category)
            sum += a.milli;
    return sum;
}

Scores::Stake Scores::availability_stake(const std::string& team, bool explain) const {
    Stake stake;
    stake.unit = parts_per_milli;
    const auto own = checks_of_.find(team);
    if (own == checks_of_.end())
        return stake;
    for (const auto i : own->second) {
        const auto& check = model_->checks[i];
        const auto& tally = availability_.tally(i);
        if (tally.scored == 0)
            continue;
        stake.max += check.weight_milli * parts_per_milli;
        stake.raw += availability_part(check.weight_milli, tally.good_halves, tally.scored);
    }
    if (!explain)
        return stake;
    for (const auto& episode : availability_.episodes(team)) {
        const auto& check = model_->checks[episode.check];
        if (!check.charged)
            continue;
        const auto scored = availability_.tally(episode.check).scored;
        stake.losses.push_back(
            {"availability", check.title,
             fmt::format("was {} from {} to {}{}", word_of(episode.verdict), to_exercise_text(Millis(episode.from_ms)),
                         to_exercise_text(Millis(episode.to_ms)), check.tells_team ? spaced(episode.reason) : ""),
             0, episode.seqs, episode.from_ms, check.tells_team ? "" : spaced(episode.reason)});
        stake.shares.push_back(availability_part(check.weight_milli, episode.lost_halves, scored));
    }
    for (const auto i : own->second) {
        const auto& check = model_->checks[i];
        const auto& tally = availability_.tally(i);
        const auto all = tally.scored + tally.unscored;
        if (tally.scored * 100 >= all * least_coverage_percent)
            continue;
        stake.losses.push_back(
            {"availability",
             check.title,
             fmt::format("only {} of {} windows could be judged; the others do not count", tally.scored, all),
             0,
             {},
             now_ms_});
        stake.shares.push_back(0);
    }
    return stake;
}

Scores::Stake Scores::stake(const std::string& team, const std::string& category, bool explain) const {
    if (category == "availability")
        return availability_stake(team, explain);
    Stake stake;
    const auto most = most_.find({team, category});
    if (most == most_.end())
        return stake;
    stake.max = most->second;
    const bool impact = category == "impact";
    if (!explain) {
        const auto lost = category == "reports" ? reports_.cost(team, now_ms_)
                          : impact              ? attacks_.cost(team, now_ms_).impact_milli
                                                : attacks_.cost(team, now_ms_).restoration_milli;
        stake.raw = stake.max - lost;
        return stake;
    }
    stake.raw = stake.max;
    const auto lose = [&](const auto& loss, std::string subject, std::string what) {
        stake.raw -= loss.milli;
        stake.losses.push_back({category, std::move(subject), std::move(what), 0, loss.seqs, loss.at_ms});
        stake.shares.push_back(loss.milli);
    };
    if (category == "reports")
        for (const auto& l : reports_.losses(team, now_ms_))
            lose(l, report_title(*model_, l), report_text(l));
    else
        for (const auto& l : impact ? attacks_.impact(team, now_ms_) : attacks_.restoration(team, now_ms_))
            lose(l, l.attack->title, impact ? impact_text(l) : restoration_text(l));
    return stake;
}

std::map<std::string, Scores::Line> Scores::lines(const std::string& team) const {
    std::map<std::string, Line> out;
    for (const auto& category : model_->categories) {
        const auto s = stake(team, category.id, false);
        out[category.id] = {std::max<std::int64_t>(0, s.raw) / s.unit, s.max / s.unit,
                            contribution(category.weight_milli, s.raw, s.max) + adjusted(team, category.id)};
    }
    return out;
}

std::int64_t Scores::total_milli(const std::string& team) const {
    const auto [it, fresh] = totals_.try_emplace(team, 0);
    if (fresh)
        for (const auto& [id, line] : lines(team))
            it->second += line.contributes_milli;
    return it->second;
}

int Scores::rank(const std::string& team) const {
    const auto own = total_milli(team);
    int better = 0;
    bool scored = false;
    for (const auto& other : model_->teams) {
        scored = scored || other.id == team;
        better += total_milli(other.id) > own;
    }
    return scored ? better + 1 : 0;
}

std::vector<Scores::Item> Scores::why(const std::string& team) const {
    std::vector<Item> out;
    for (const auto& category : model_->categories) {
        auto s = stake(team, category.id, true);
        out.push_back({category.id, category.title, "all points", category.weight_milli, {}, 0});
        const auto lost = category.weight_milli - contribution(category.weight_milli, s.raw, s.max);
        const auto parts = split(lost, s.shares);
        for (std::size_t i = 0; i < s.losses.size(); ++i) {
            s.losses[i].milli = -parts[i];
            out.push_back(std::move(s.losses[i]));
        }
        for (const auto& a : adjustments_)
            if (a.team == team && a.category == category.id)
                out.push_back({category.id,
                               category.title,
                               fmt::format("adjusted by {}: {}", a.by, a.reason),
                               a.milli,
                               {a.seq},
                               a.at_ms});
    }
    return out;
}

} // namespace testudo::scoring
