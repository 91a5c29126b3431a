#include "orchestrator/rehearse/summary.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "orchestrator/rehearse/players.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::rehearse {
namespace {

constexpr std::size_t most_remarks_of_a_kind = 5;

Spread spread_of(const std::vector<std::int64_t>& values) {
    if (values.empty())
        return {};
    Spread out{values.front(), 0, values.front()};
    std::int64_t sum = 0;
    for (const auto value : values) {
        out.least = std::min(out.least, value);
        out.most = std::max(out.most, value);
        sum += value;
    }
    out.mean = sum / static_cast<std::int64_t>(values.size());
    return out;
}

std::string cause_text(const std::string& cause) {
    return cause == "manual" ? "by hand" : cause == "time" ? "its time" : "its condition";
}

void cut(std::vector<std::string>& remarks, std::size_t from) {
    if (remarks.size() <= from + most_remarks_of_a_kind)
        return;
    const auto more = remarks.size() - from - most_remarks_of_a_kind;
    remarks.resize(from + most_remarks_of_a_kind);
    remarks.push_back(fmt::format("... and {} more of this kind", more));
}

void remark_on_never(const Rehearsal& r, std::vector<std::string>& out) {
    const auto from = out.size();
    for (const auto& never : r.never)
        out.push_back(
            fmt::format("{} fires in none of these rehearsals: {}", r.plan.injects[never.inject].id, never.why));
    cut(out, from);
}

void remark_on_failed(const Rehearsal& r, std::vector<std::string>& out) {
    const auto from = out.size();
    for (const auto& run : r.runs)
        for (const auto& failed : run.failed)
            out.push_back(fmt::format("{} failed for {} ({}): {}", r.plan.injects[failed.inject].id, failed.team,
                                      word_of(run.behaviour), failed.why));
    cut(out, from);
}

void remark_on_hands(const Rehearsal& r, std::vector<std::string>& out) {
    const auto from = out.size();
    for (const auto& [inject, at] : r.by_hand)
        out.push_back(fmt::format("{} needs a controller ({}); here it was fired by hand at {}",
                                  r.plan.injects[inject].id, r.plan.injects[inject].controller,
                                  to_exercise_text(Millis(at))));
    cut(out, from);
}

void remark_on_scores(const Rehearsal& r, std::vector<std::string>& out) {
    const auto total = [&](Behaviour behaviour) -> std::optional<Spread> {
        for (const auto& run : r.runs)
            if (run.behaviour == behaviour)
                return total_of(run);
        return {};
    };
    const auto best = total(Behaviour::perfect);
    const auto worst = total(Behaviour::absent);
    if (best && worst && best->mean - worst->mean < 100'000)
        out.push_back(fmt::format("only {} points lie between perfect teams and absent ones: little is at stake",
                                  points(best->mean - worst->mean)));
    for (const auto& category : r.plan.categories)
        if (category.weight_milli > 0 && category.id != "availability" && !r.runs.empty() &&
            at_stake(r.runs.front(), category.id) == 0)
            out.push_back(
                fmt::format("category {} weighs {} points, but nothing is at stake in it: everybody gets them",
                            category.id, points(category.weight_milli)));
}

// What is the same with several behaviours is said once.
class Remarks {
  public:
    void add(Behaviour behaviour, const std::string& what) {
        const auto found = std::find_if(said_.begin(), said_.end(), [&](const auto& one) { return one.first == what; });
        if (found == said_.end())
            said_.emplace_back(what, std::string(word_of(behaviour)));
        else
            found->second += fmt::format(", {}", word_of(behaviour));
    }
    void write(std::vector<std::string>& out) const {
        for (const auto& [what, who] : said_)
            out.push_back(fmt::format("{} (with teams that are: {})", what, who));
    }

  private:
    std::vector<std::pair<std::string, std::string>> said_;
};

std::string longest_quiet(const Rehearsal& r, const Findings& found) {
    const Stretch* longest = nullptr;
    for (const auto& quiet : found.quiet)
        if (!longest || quiet.to_ms - quiet.from_ms > longest->to_ms - longest->from_ms)
            longest = &quiet;
    if (!longest)
        return "";
    std::vector<std::string> teams;
    for (const auto& quiet : found.quiet)
        if (quiet.from_ms == longest->from_ms && quiet.to_ms == longest->to_ms)
            teams.push_back(quiet.team);
    return fmt::format("nothing happens to {} for {}, from {}", teams_text(r, teams),
                       duration_text(longest->to_ms - longest->from_ms), to_exercise_text(Millis(longest->from_ms)));
}

void remark_on_time(const Rehearsal& r, std::vector<std::string>& out) {
    Remarks remarks;
    for (std::size_t i = 0; i < r.runs.size(); ++i) {
        const auto& found = r.findings[i];
        const auto behaviour = r.runs[i].behaviour;
        if (const auto quiet = longest_quiet(r, found); !quiet.empty())
            remarks.add(behaviour, quiet);
        if (!found.crowded.empty()) {
            const auto worst = std::max_element(found.crowded.begin(), found.crowded.end(),
                                                [](const auto& a, const auto& b) { return a.count < b.count; });
            remarks.add(behaviour, fmt::format("{} gets {} injects within {}, from {}", teams_text(r, {worst->team}),
                                               worst->count, duration_text(worst->to_ms - worst->from_ms),
                                               to_exercise_text(Millis(worst->from_ms))));
        }
        if (found.reports.graded_after_endex > 0)
            remarks.add(behaviour, fmt::format("{} of {} reports can only be graded after ENDEX",
                                               found.reports.graded_after_endex, found.reports.asked));
    }
    remarks.write(out);
}

} // namespace

std::string points(std::int64_t milli) {
    const auto tenths = (milli < 0 ? -milli : milli) / 100;
    return fmt::format("{}{}.{}", milli < 0 ? "-" : "", tenths / 10, tenths % 10);
}

std::string duration_text(std::int64_t ms) {
    return template_::to_text(Millis(ms < 1000 ? ms : ms / 1000 * 1000));
}

std::string teams_text(const Rehearsal& rehearsal, const std::vector<std::string>& teams) {
    std::string out;
    for (const auto& id : teams) {
        const auto* team = plan::find_team(rehearsal.plan, id);
        out += (out.empty() ? "" : ", ") + (team ? team->title : id);
    }
    return out;
}

std::vector<Fired> fired_in(const Rehearsal& rehearsal, const Run& run) {
    std::vector<Fired> out(rehearsal.plan.injects.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i].of = rehearsal.plan.injects[i].teams.size();
    for (const auto& firing : run.firings) {
        auto& fired = out[firing.inject];
        ++fired.teams;
        fired.first_ms = fired.first_ms < 0 ? firing.at_ms : std::min(fired.first_ms, firing.at_ms);
        fired.last_ms = std::max(fired.last_ms, firing.at_ms);
        fired.why = cause_text(firing.cause);
    }
    for (const auto& unfired : run.unfired)
        if (out[unfired.inject].teams == 0 && out[unfired.inject].why.empty())
            out[unfired.inject].why = unfired.why;
    return out;
}

std::string text_of(const Fired& fired) {
    if (fired.teams == 0)
        return "never";
    auto out = to_exercise_text(Millis(fired.first_ms));
    if (fired.last_ms / 1000 != fired.first_ms / 1000)
        out += " - " + to_exercise_text(Millis(fired.last_ms));
    if (fired.teams < fired.of)
        out += fmt::format(", {} of {}", fired.teams, fired.of);
    return out;
}

Spread total_of(const Run& run) {
    std::vector<std::int64_t> values;
    for (const auto& score : run.scores)
        values.push_back(score.total_milli);
    return spread_of(values);
}

Spread contribution_of(const Run& run, const std::string& category) {
    std::vector<std::int64_t> values;
    for (const auto& score : run.scores)
        if (const auto line = score.categories.find(category); line != score.categories.end())
            values.push_back(line->second.contributes_milli);
    return spread_of(values);
}

std::int64_t at_stake(const Run& run, const std::string& category) {
    std::int64_t most = 0;
    for (const auto& score : run.scores)
        if (const auto line = score.categories.find(category); line != score.categories.end())
            most = std::max(most, line->second.max_milli);
    return most;
}

std::vector<Missed> missed_in(const Run& run) {
    std::vector<Missed> out;
    for (const auto& unfired : run.unfired) {
        const auto same = std::find_if(out.begin(), out.end(), [&](const Missed& missed) {
            return missed.inject == unfired.inject && missed.why == unfired.why;
        });
        if (same == out.end())
            out.push_back({unfired.inject, {unfired.team}, unfired.why});
        else
            same->teams.push_back(unfired.team);
    }
    return out;
}

std::vector<ServedAlike> served_alike(const Rehearsal& rehearsal, const std::string& users) {
    std::map<std::string, std::vector<std::int64_t>> by_team; // thousandths by run; -1 where nothing was judged
    for (const auto& run : rehearsal.runs)
        for (const auto& one : run.users)
            if (one.users == users)
                by_team[one.team].push_back(one.got.asked == 0 ? -1 : one.got.milli);
    std::map<std::vector<std::int64_t>, std::vector<std::string>> teams; // the template's order within each
    for (const auto& score : rehearsal.runs.front().scores)
        teams[by_team[score.team]].push_back(score.team);
    std::vector<ServedAlike> out;
    for (const auto& [millis, alike] : teams) {
        ServedAlike line{{}, alike};
        for (const auto milli : millis)
            line.shares.push_back(milli < 0 ? "-" : fmt::format("{}.{} %", milli / 10, milli % 10));
        out.push_back(std::move(line));
    }
    return out;
}

std::vector<std::string> remarks(const Rehearsal& rehearsal) {
    std::vector<std::string> out;
    remark_on_failed(rehearsal, out);
    remark_on_never(rehearsal, out);
    remark_on_hands(rehearsal, out);
    remark_on_scores(rehearsal, out);
    remark_on_time(rehearsal, out);
    return out;
}

std::vector<std::string> assumptions(const Rehearsal& rehearsal) {
    std::vector<std::string> out;
    for (const auto& run : rehearsal.runs)
        out.push_back(fmt::format("{} {} team {}.", run.behaviour == Behaviour::perfect ? "A" : "An",
                                  word_of(run.behaviour), sentence_of(run.behaviour)));
    out.push_back(
        fmt::format("Controllers read one report at a time, {} each, and fire what needs a hand evenly over the "
                    "exercise.",
                    duration_text(reading_time.count())));
    out.emplace_back("Every machine is there and every act succeeds. A stopped service fails the checks of its port, a "
                     "defaced page and a written register those that ask for them; nothing else is seen by a check.");
    out.push_back(
        fmt::format("A crowd is four injects or more to one team within {}, and three times what is usual; quiet "
                    "is more than {} without one.",
                    duration_text(rehearsal.crowd_ms), duration_text(rehearsal.quiet_after_ms)));
    const auto& pace = rehearsal.pace;
    if (pace.slowed.empty()) {
        out.emplace_back("Checks ask as often as in the exercise.");
        return out;
    }
    std::size_t breakable = 0;
    Millis slowest{0};
    for (const auto& slowed : pace.slowed)
        if (slowed.breakable) {
            ++breakable;
            slowest = std::max(slowest, slowed.to);
        }
    out.push_back(fmt::format("Checks ask less often than in the exercise, {} times instead of {}. For {} checks that "
                              "nothing in the timeline breaks this changes no score.{}",
                              pace.rehearsed, pace.planned, pace.slowed.size() - breakable,
                              breakable == 0
                                  ? ""
                                  : fmt::format(" For {} others an outage is seen, and its end, up to {} later.",
                                                breakable, duration_text(slowest.count()))));
    return out;
}

} // namespace testudo::rehearse
