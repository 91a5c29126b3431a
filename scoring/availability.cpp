#include "scoring/availability.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace testudo::scoring {
namespace {

constexpr std::int64_t windows_to_wait = 2;

void count(Availability::Tally& tally, Verdict verdict, int sign) {
    switch (verdict) {
    case Verdict::pending:
        return;
    case Verdict::ok:
        tally.good_halves += 2 * sign;
        break;
    case Verdict::degraded:
        tally.good_halves += sign;
        break;
    case Verdict::down:
    case Verdict::faulty:
        break;
    default:
        tally.unscored += sign;
        return;
    }
    tally.scored += sign;
}

} // namespace

Availability::Availability(std::shared_ptr<const Model> model) : model_(std::move(model)) {
    const auto& checks = model_->checks;
    statuses_.resize(checks.size());
    tallies_.resize(checks.size());
    for (std::size_t i = 0; i < checks.size(); ++i) {
        index_[checks[i].id] = i;
        auto& group = groups_[checks[i].name];
        if (checks[i].team.empty())
            group.twin = i;
        else
            group.teams.push_back(i);
    }
}

void Availability::sample(const Event& event, const Explains& explains) {
    const auto found = index_.find(text_or(event.body, "check"));
    if (found == index_.end())
        return;
    const auto check = found->second;
    auto& group = groups_[model_->checks[check].name];
    const auto number = int_or(event.body, "window");
    auto [it, fresh] = group.windows.try_emplace(number);
    auto& window = it->second;
    if (fresh) {
        window.teams.resize(group.teams.size());
        group.open.insert(number);
    }
    const auto place = std::find(group.teams.begin(), group.teams.end(), check);
    auto& instance =
        check == group.twin ? window.twin : window.teams[static_cast<std::size_t>(place - group.teams.begin())];
    // A repeated or late attempt says nothing new: the first account of a moment stands.
    if (window.closed || int_or(event.body, "attempt") != static_cast<std::int64_t>(instance.attempts.size()))
        return;
    const auto probe = probe_from(text_or(event.body, "result"));
    if (instance.attempts.empty()) {
        instance.first_ms = event.exercise_ms;
        instance.first_seq = event.seq;
    }
    if (instance.attempts.empty() || probe == Probe::fail || probe == Probe::wrong || probe == Probe::slow) {
        instance.reason = text_or(event.body, "reason");
        instance.vantage = text_or(event.body, "vantage");
    }
    instance.last_ms = event.exercise_ms;
    instance.last_seq = event.seq;
    instance.attempts.push_back(probe);
    const auto& rule = model_->checks[check];
    instance.judged = judge(instance.attempts, rule.confirm_failures, rule.confirm_of);
    settle(group, number, explains);

    while (!group.open.empty() && *group.open.begin() < number - windows_to_wait) {
        const auto old = *group.open.begin();
        group.windows[old].closed = true;
        settle(group, old, explains);
    }
}

void Availability::ruling(const Event& event, const Explains& explains) {
    const auto found = groups_.find(text_or(event.body, "check"));
    if (found == groups_.end())
        return;
    auto& group = found->second;
    group.rulings.push_back({event.scope, int_or(event.body, "from_ms"), int_or(event.body, "to_ms"),
                             text_or(event.body, "ruling") == "charge"});
    for (auto& [number, window] : group.windows)
        settle(group, number, explains);
}

void Availability::interrupted(const std::string& machine, const std::string& team, std::int64_t at_ms) {
    interruptions_.push_back({machine, team, at_ms, std::numeric_limits<std::int64_t>::max()});
}

void Availability::back(const std::string& machine, std::int64_t at_ms) {
    for (auto& one : interruptions_)
        if (one.machine == machine && one.to_ms == std::numeric_limits<std::int64_t>::max())
            one.to_ms = at_ms + settling_ms;
}

void Availability::host_lost(const std::map<std::string, std::string>& machines, std::int64_t at_ms,
                             const Explains& explains) {
    for (const auto& [machine, team] : machines)
        interrupted(machine, team, at_ms - unnoticed_ms);
    for (auto& [name, group] : groups_)
        for (auto window = group.windows.rbegin(); window != group.windows.rend(); ++window) {
            const auto& teams = window->second.teams;
            if (std::all_of(teams.begin(), teams.end(),
                            [&](const Instance& instance) {
                                return instance.attempts.empty() || instance.last_ms < at_ms - unnoticed_ms;
                            }) &&
                !group.open.contains(window->first))
                break;
            settle(group, window->first, explains);
        }
}

bool Availability::is_interrupted(const std::string& team, const Instance& instance) const {
    return std::any_of(interruptions_.begin(), interruptions_.end(), [&](const Interruption& one) {
        return (one.team.empty() || one.team == team) && one.from_ms <= instance.last_ms &&
               instance.first_ms <= one.to_ms;
    });
}

void Availability::reconsider(const std::string& team, const Explains& explains) {
    for (auto& [name, group] : groups_) {
        const auto concerns = [&](std::size_t check) { return model_->checks[check].team == team; };
        if (std::none_of(group.teams.begin(), group.teams.end(), concerns))
            continue;
        const auto doubtful = group.doubtful;
        for (const auto number : doubtful)
            settle(group, number, explains);
    }
}

const Availability::Status* Availability::status(std::string_view check) const {
    const auto found = index_.find(check);
    return found == index_.end() ? nullptr : &statuses_[found->second];
}

void Availability::close(const Explains& explains) {
    for (auto& [name, group] : groups_) {
        const auto open = group.open;
        for (const auto number : open) {
            group.windows[number].closed = true;
            settle(group, number, explains);
        }
    }
}

std::vector<Availability::Settled> Availability::take_settled() {
    return std::exchange(settled_, {});
}

std::map<std::size_t, Verdict> Availability::take_changes() {
    std::erase_if(before_, [this](const auto& one) { return statuses_[one.first].verdict == one.second; });
    return std::exchange(before_, {});
}

const Availability::Ruling* Availability::ruling_of(const Group& group, const std::string& team,
                                                    std::int64_t at_ms) const {
    const Ruling* last = nullptr;
    for (const auto& r : group.rulings)
        if ((r.team.empty() || r.team == team) && r.from_ms <= at_ms && at_ms <= r.to_ms)
            last = &r;
    return last;
}

void Availability::settle(Group& group, std::int64_t number, const Explains& explains) {
    auto& window = group.windows[number];
    const auto judged_of = [&](const Instance& i) {
        return window.closed && i.judged == Verdict::pending ? Verdict::unknown : i.judged;
    };
    const auto twin = group.twin == none ? Verdict::ok : judged_of(window.twin);
    if (group.twin != none && twin != Verdict::pending)
        set_standing(group.twin, number, window.twin, twin);

    // Teams that we cannot judge, or not yet, may have failed as well.
    std::int64_t open = 0;
    std::int64_t unknown = 0;
    std::int64_t without_cause = 0;
    std::vector<bool> explained(group.teams.size());
    for (std::size_t i = 0; i < group.teams.size(); ++i) {
        const auto& instance = window.teams[i];
        const auto verdict = judged_of(instance);
        const auto& check = model_->checks[group.teams[i]];
        explained[i] = is_bad(verdict) && explains(check.team, check.machine, instance.first_ms);
        open += verdict == Verdict::pending;
        unknown += verdict == Verdict::unknown;
        without_cause += is_bad(verdict) && !explained[i];
    }
    const auto all = static_cast<std::int64_t>(group.teams.size());
    const auto most_fail = [all](std::int64_t bad) { return bad >= 2 && bad * 5 >= all * 4; };

    for (std::size_t i = 0; i < group.teams.size(); ++i) {
        auto& instance = window.teams[i];
        auto verdict = judged_of(instance);
        if (is_bad(verdict)) {
            const auto* ruled = ruling_of(group, model_->checks[group.teams[i]].team, instance.first_ms);
            const bool twin_bad = is_bad(twin) && (twin != Verdict::degraded || verdict == Verdict::degraded);
            const bool suspect =
                !explained[i] && (twin == Verdict::unknown || most_fail(without_cause + unknown + open));
            if (ruled)
                verdict = ruled->charge ? verdict : Verdict::voided;
            else if (twin_bad || is_interrupted(model_->checks[group.teams[i]].team, instance))
                verdict = Verdict::voided;
            else if (twin == Verdict::pending || (suspect && open > 0))
                verdict = Verdict::pending;
            else if (suspect)
                verdict = Verdict::held;
        }
        set_standing(group.teams[i], number, instance, verdict);
    }
    const auto unsettled = [](const Instance& i) {
        return is_bad(i.judged) && (i.standing == Verdict::pending || i.standing == Verdict::held);
    };
    if (std::any_of(window.teams.begin(), window.teams.end(), unsettled))
        group.doubtful.insert(number);
    else
        group.doubtful.erase(number);
    const auto final = [](const Instance& i) { return i.standing != Verdict::pending; };
    if (std::all_of(window.teams.begin(), window.teams.end(), final) &&
        (group.twin == none || final(window.twin) || window.closed))
        group.open.erase(number);
}

void Availability::set_standing(std::size_t check, std::int64_t number, Instance& instance, Verdict verdict) {
    if (instance.standing == verdict)
        return;
    count(tallies_[check], instance.standing, -1);
    count(tallies_[check], verdict, 1);
    instance.standing = verdict;
    if (verdict == Verdict::pending || instance.attempts.empty())
        return;
    settled_.push_back({check, verdict, instance.first_ms});
    auto& status = statuses_[check];
    if (number < status.window)
        return;
    status.window = number;
    if (status.verdict == verdict && status.reason == instance.reason)
        return;
    if (status.verdict != verdict) {
        before_.try_emplace(check, status.verdict);
        status.since_ms = instance.first_ms;
    }
    status.verdict = verdict;
    status.reason = instance.reason;
    status.vantage = instance.vantage;
    status.confirmed =
        static_cast<int>(std::count_if(instance.attempts.begin() + 1, instance.attempts.end(), [](Probe p) {
            return p == Probe::fail || p == Probe::wrong || p == Probe::slow;
        }));
    status.seq = instance.last_seq;
}

std::vector<Availability::Episode> Availability::episodes(const std::string& team) const {
    std::vector<Episode> out;
    for (const auto& [name, group] : groups_) {
        for (std::size_t i = 0; i < group.teams.size(); ++i) {
            const auto check = group.teams[i];
            if (model_->checks[check].team != team)
                continue;
            bool running = false;
            for (const auto& [number, window] : group.windows) {
                const auto& instance = window.teams[i];
                if (!is_bad(instance.standing)) {
                    // What is not scored does not end an outage; only a good verdict does.
                    running = running && instance.standing != Verdict::ok;
                    continue;
                }
                if (!running) {
                    out.push_back({check, instance.standing, instance.first_ms, 0, 0, {}, instance.reason});
                    out.back().seqs.push_back(instance.first_seq);
                    running = true;
                }
                auto& episode = out.back();
                episode.verdict = worse(episode.verdict, instance.standing);
                episode.to_ms = instance.first_ms + model_->checks[check].period.count();
                episode.lost_halves += instance.standing == Verdict::degraded ? 1 : 2;
                if (episode.seqs.back() != instance.last_seq)
                    episode.seqs.push_back(instance.last_seq);
            }
        }
    }
    return out;
}

} // namespace testudo::scoring
