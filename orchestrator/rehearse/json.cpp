#include "orchestrator/rehearse/summary.hpp"

namespace testudo::rehearse {
namespace {

json::array strings(const std::vector<std::string>& list) {
    return json::array(list.begin(), list.end());
}

json::object stretch(const Stretch& s) {
    return {{"team", s.team}, {"from_ms", s.from_ms}, {"to_ms", s.to_ms}, {"injects", s.count}};
}

json::array stretches(const std::vector<Stretch>& list) {
    json::array out;
    for (const auto& one : list)
        out.push_back(stretch(one));
    return out;
}

class Writer {
  public:
    explicit Writer(const Rehearsal& r) : r_(r) {}

    json::object document() const {
        json::object out{{"exercise", r_.plan.exercise},    {"title", r_.plan.title},
                         {"label", r_.plan.label},          {"duration_ms", r_.plan.duration.count()},
                         {"remarks", strings(remarks(r_))}, {"assumptions", strings(assumptions(r_))}};
        json::array phases;
        for (const auto& phase : r_.phases)
            phases.push_back(json::object{{"title", phase.title}, {"from_ms", phase.from_ms}, {"to_ms", phase.to_ms}});
        out["phases"] = std::move(phases);
        json::array injects;
        for (const auto& inject : r_.plan.injects)
            injects.push_back(json::object{{"id", inject.id},
                                           {"title", inject.title},
                                           {"kind", inject.kind == plan::Inject::Kind::action ? "action" : "message"},
                                           {"when", inject.when.text},
                                           {"controller", inject.controller},
                                           {"approved", inject.approved},
                                           {"approval", json::string(plan::approval_of(inject))}});
        out["injects"] = std::move(injects);
        json::array never;
        for (const auto& one : r_.never)
            never.push_back(json::object{{"inject", id(one.inject)}, {"why", one.why}});
        out["never_fired"] = std::move(never);
        json::array hands;
        for (const auto& [inject, at] : r_.by_hand)
            hands.push_back(json::object{{"inject", id(inject)}, {"at_ms", at}});
        out["need_a_controller"] = std::move(hands);
        out["pace"] = pace();
        out["bucket_ms"] = r_.bucket_ms;
        json::object runs;
        for (std::size_t i = 0; i < r_.runs.size(); ++i)
            runs[word_of(r_.runs[i].behaviour)] = run(r_.runs[i], r_.findings[i]);
        out["rehearsals"] = std::move(runs);
        return out;
    }

  private:
    const std::string& id(std::size_t inject) const { return r_.plan.injects[inject].id; }

    json::object pace() const {
        json::array slowed;
        for (const auto& one : r_.pace.slowed)
            slowed.push_back(json::object{{"check", one.check},
                                          {"from_ms", one.from.count()},
                                          {"to_ms", one.to.count()},
                                          {"breakable", one.breakable}});
        return {{"probes_planned", r_.pace.planned}, {"probes", r_.pace.rehearsed}, {"slowed", std::move(slowed)}};
    }

    json::object run(const Run& run, const Findings& found) const {
        json::object out{{"team_behaviour", sentence_of(run.behaviour)}, {"events", run.events}};
        json::array fired;
        for (const auto& one : run.firings)
            fired.push_back(json::object{
                {"inject", id(one.inject)}, {"team", one.team}, {"at_ms", one.at_ms}, {"cause", one.cause}});
        out["fired"] = std::move(fired);
        json::array unfired;
        for (const auto& one : run.unfired)
            unfired.push_back(json::object{{"inject", id(one.inject)}, {"team", one.team}, {"why", one.why}});
        out["not_fired"] = std::move(unfired);
        json::array failed;
        for (const auto& one : run.failed)
            failed.push_back(json::object{{"inject", id(one.inject)}, {"team", one.team}, {"why", one.why}});
        out["failed"] = std::move(failed);
        json::array effects;
        for (const auto& one : run.spells) {
            json::object effect{
                {"inject", id(one.inject)}, {"team", one.team}, {"machine", one.machine}, {"from_ms", one.from_ms}};
            if (one.to_ms >= 0)
                effect["to_ms"] = one.to_ms;
            effects.push_back(std::move(effect));
        }
        out["effects"] = std::move(effects);
        out["reports"] = reports(run, found.reports);
        out["scores"] = scores(run);
        if (!run.users.empty())
            out["users"] = users(run);
        json::array collisions;
        for (const auto& one : found.collisions)
            collisions.push_back(json::object{{"injects", json::array{id(one.first), id(one.second)}},
                                              {"machines", strings(one.machines)},
                                              {"at_ms", one.at_ms},
                                              {"longest_ms", one.longest_ms}});
        out["collisions"] = std::move(collisions);
        out["crowded"] = stretches(found.crowded);
        out["quiet"] = stretches(found.quiet);
        out["longest_quiet"] = stretches(found.longest_quiet);
        out["load"] = load(found);
        return out;
    }

    json::object reports(const Run& run, const Reports& n) const {
        json::array list;
        for (const auto& one : run.awaited) {
            json::object report{
                {"inject", id(one.inject)}, {"team", one.team}, {"asked_ms", one.asked_ms}, {"due_ms", one.due_ms}};
            if (one.filed_ms >= 0)
                report["filed_ms"] = one.filed_ms;
            if (one.graded_ms >= 0)
                report["graded_ms"] = one.graded_ms;
            list.push_back(std::move(report));
        }
        return {{"asked", n.asked},     {"in_time", n.in_time},    {"late", n.late},
                {"missing", n.missing}, {"list", std::move(list)}, {"graded_after_endex", n.graded_after_endex}};
    }

    json::object scores(const Run& run) const {
        json::object teams;
        for (const auto& score : run.scores) {
            json::object categories;
            for (const auto& [category, line] : score.categories)
                categories[category] = json::object{{"milli", line.milli},
                                                    {"max_milli", line.max_milli},
                                                    {"contributes_milli", line.contributes_milli}};
            teams[score.team] = json::object{{"total_milli", score.total_milli}, {"categories", std::move(categories)}};
        }
        const auto spread = total_of(run);
        return {{"least_milli", spread.least},
                {"mean_milli", spread.mean},
                {"most_milli", spread.most},
                {"teams", std::move(teams)}};
    }

    static json::array users(const Run& run) {
        json::array out;
        for (const auto& one : run.users)
            out.push_back(json::object{
                {"users", one.users}, {"team", one.team}, {"asked", one.got.asked}, {"served_milli", one.got.milli}});
        return out;
    }

    json::array load(const Findings& found) const {
        json::array out;
        for (std::size_t i = 0; i < found.load.size(); ++i) {
            json::object injects;
            for (const auto& [team, count] : found.load[i].injects)
                injects[team] = count;
            json::object controllers;
            for (const auto& [controller, work] : found.load[i].controllers)
                controllers[controller] = json::object{{"by_hand", work.by_hand},
                                                       {"reports", work.arrived},
                                                       {"unread", work.waiting},
                                                       {"reading_ms", work.reading_ms}};
            out.push_back(json::object{{"from_ms", static_cast<std::int64_t>(i) * r_.bucket_ms},
                                       {"injects", std::move(injects)},
                                       {"controllers", std::move(controllers)}});
        }
        return out;
    }

    const Rehearsal& r_;
};

} // namespace

json::object to_json(const Rehearsal& rehearsal) {
    return Writer(rehearsal).document();
}

} // namespace testudo::rehearse
