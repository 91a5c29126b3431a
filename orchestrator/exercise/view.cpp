#include "orchestrator/exercise/view.hpp"

#include <algorithm>

#include "orchestrator/exercise/users.hpp"
#include "orchestrator/exercise/words.hpp"
#include "orchestrator/plan/sight.hpp"

namespace testudo::exercise {
namespace {

using scoring::Verdict;

// Members are put in only when they say something: a view holds no null, and an empty text is no text.
void put_text(json::object& object, std::string_view key, const std::string& text) {
    if (!text.empty())
        object[key] = text;
}

json::array texts(const std::vector<std::string>& list) {
    return json::array(list.begin(), list.end());
}

std::string without_prefix(const std::string& address) {
    return address.substr(0, address.find('/'));
}

class Builder {
  public:
    Builder(const Projection& projection, const Audience& audience, const ViewOptions& options)
        : p_(projection), plan_(projection.plan()), state_(projection.state()), scores_(projection.scores()),
          audience_(audience), options_(options) {}

    json::object build() const {
        json::object view;
        view["seq"] = state_.seq();
        json::object me{{"role", audience_.role}};
        put_text(me, "team", audience_.team);
        view["me"] = std::move(me);
        view["replay"] = options_.replay;
        view["exercise"] = exercise();
        view["phases"] = phases();
        view["teams"] = teams();
        view["services"] = services();
        view["matrix"] = matrix();
        view["history"] = history();
        view["categories"] = categories();
        if (audience_.role == "public")
            return view;
        view["scores"] = scores();
        view["machines"] = machines();
        if (!plan_.users.empty())
            view["users"] = users();
        view["inbox"] = inbox();
        view["reports"] = reports();
        if (controls()) {
            view["injects"] = injects();
            if (!state_.isolation().empty())
                view["isolation"] = isolation();
            view["log"] = log();
        }
        return view;
    }

  private:
    bool controls() const { return audience_.sees_all(); }
    // May this audience see what concerns one team?
    bool sees(const std::string& team) const {
        return controls() || (audience_.role == "team" && !team.empty() && team == audience_.team);
    }
    bool sees(const plan::Machine& machine) const {
        return controls() || (audience_.role == "team" && plan::is_seen_by(plan_, machine, audience_.team));
    }
    // Who may open a machine's console is told how to sign in there.
    bool opens_console(const plan::Machine& machine) const {
        if (audience_.role == "instructor")
            return plan::instructor_opens_console(machine);
        return audience_.role == "white" ||
               (audience_.role == "team" && plan::opens_console(plan_, machine, audience_.team));
    }

    json::object exercise() const {
        json::object out{{"id", plan_.exercise},
                         {"title", plan_.title},
                         {"label", plan_.label},
                         {"duration_ms", plan_.duration.count()},
                         {"state", word_of(state_.run())}};
        put_text(out, "phase", state_.phase());
        const auto& c = state_.clock();
        // A recording goes no further than its last event, also if it has no ENDEX.
        const auto end_ms = options_.replay && c.running ? p_.last_ms() : c.exercise_ms;
        const auto at_ms = options_.at ? options_.at->count() : end_ms;
        // The wall clock as it was at that moment, so that a replay shows the hour at which things happened.
        const auto since_ms = c.running && c.rate_milli > 0 ? (at_ms - c.exercise_ms) * 1000 / c.rate_milli : 0;
        out["clock"] = json::object{{"exercise_ms", at_ms},
                                    {"wall_ms", c.wall_ms + since_ms},
                                    {"rate_milli", c.rate_milli},
                                    {"running", c.running && !options_.at && !options_.replay}};
        return out;
    }

    json::object phases() const {
        json::object out;
        for (std::size_t i = 0; i < plan_.phases.size(); ++i)
            out[plan_.phases[i].id] =
                json::object{{"order", i}, {"title", plan_.phases[i].title}, {"at_ms", plan_.phases[i].at.count()}};
        return out;
    }

    json::object teams() const {
        json::object out;
        std::int64_t order = 0;
        for (const auto& scored : scores_.model().teams) {
            const auto& team = *plan::find_team(plan_, scored.id);
            out[team.id] = json::object{{"order", order++},
                                        {"number", team.number},
                                        {"title", team.title},
                                        {"nations", texts(team.nations)},
                                        {"colour", team.colour},
                                        {"score_milli", scores_.total_milli(team.id)},
                                        {"rank", scores_.rank(team.id)}};
        }
        return out;
    }

    json::object services() const {
        json::object out;
        for (std::size_t i = 0; i < plan_.services.size(); ++i)
            out[plan_.services[i].first] = json::object{{"order", i}, {"title", plan_.services[i].second}};
        return out;
    }

    json::object matrix() const {
        struct Cell {
            const plan::Check* check = nullptr;
            const scoring::Availability::Status* status = nullptr;
        };
        std::map<std::pair<std::string, std::string>, Cell> worst;
        for (std::size_t i = 0; i < plan_.checks.size(); ++i) {
            const auto& check = plan_.checks[i];
            const auto& status = scores_.status(i);
            if (check.team.empty() || !check.users.empty())
                continue;
            auto& cell = worst[{check.team, check.service}];
            if (!cell.status || scoring::worse(cell.status->verdict, status.verdict) != cell.status->verdict)
                cell = {&check, &status};
        }
        json::object out;
        for (const auto& team : scores_.model().teams)
            out[team.id] = json::object();
        for (const auto& [key, cell] : worst) {
            json::object entry{{"state", scoring::word_of(cell.status->verdict)}, {"since_ms", cell.status->since_ms}};
            if (sees(key.first)) {
                const bool told = controls() || cell.check->tell != "white";
                const auto reason = told ? words_of_reason(*cell.status, plan_) : "";
                put_text(entry, "reason", reason.empty() ? "" : cell.check->title + ": " + reason);
                if (cell.status->seq > 0)
                    entry["seq"] = cell.status->seq;
            }
            if (auto* row = out.if_contains(key.first))
                row->get_object()[key.second] = std::move(entry);
        }
        return out;
    }

    json::object history() const {
        json::object out;
        for (const auto& team : scores_.model().teams)
            out[team.id] = json::object();
        for (const auto& [team, points] : p_.history()) {
            json::object line;
            for (const auto& [at, total] : points)
                line[std::to_string(at)] = total;
            out[team] = std::move(line);
        }
        return out;
    }

    json::object categories() const {
        json::object out;
        for (std::size_t i = 0; i < plan_.categories.size(); ++i) {
            const auto& c = plan_.categories[i];
            out[c.id] = json::object{{"order", i}, {"title", c.title}, {"weight_milli", c.weight_milli}};
        }
        return out;
    }

    json::object scores() const {
        json::object out;
        for (const auto& team : scores_.model().teams) {
            if (!sees(team.id))
                continue;
            json::object lines;
            for (const auto& [category, line] : scores_.lines(team.id))
                lines[category] = json::object{{"milli", line.milli},
                                               {"max_milli", line.max_milli},
                                               {"contributes_milli", line.contributes_milli}};
            out[team.id] = std::move(lines);
        }
        return out;
    }

    // How the services of each team look from the seats of their users.
    json::object users() const {
        json::object out;
        for (const auto& team : scores_.model().teams)
            if (sees(team.id))
                out[team.id] = users_of(team.id);
        return out;
    }

    json::object users_of(const std::string& team) const {
        json::object out;
        for (std::size_t kind = 0; kind < plan_.users.size(); ++kind) {
            const auto& users = plan_.users[kind];
            json::object services;
            for (std::size_t i = 0; i < plan_.checks.size(); ++i) {
                const auto& check = plan_.checks[i];
                if (check.users != users.id || check.team != team)
                    continue;
                const auto& status = scores_.status(i);
                json::object service{
                    {"title", check.title}, {"state", scoring::word_of(status.verdict)}, {"since_ms", status.since_ms}};
                put_text(service, "reason", words_of_reason(status, plan_));
                services[check.name] = std::move(service);
            }
            const auto got = served(p_, users.id, team);
            out[users.id] = json::object{{"order", kind},
                                         {"title", users.title},
                                         {"asked", got.asked},
                                         {"served_milli", got.milli},
                                         {"services", std::move(services)}};
        }
        return out;
    }

    json::object machines() const {
        json::object out;
        for (std::size_t i = 0; i < plan_.machines.size(); ++i) {
            const auto& m = plan_.machines[i];
            if (!sees(m))
                continue;
            const auto state = state_.machines().at(m.id);
            json::object machine{{"order", i},
                                 {"team", m.team},
                                 {"name", m.name},
                                 {"title", m.title},
                                 {"kind", m.kind == plan::MachineKind::vm ? "vm" : "container"},
                                 {"role", m.role},
                                 {"state", state.state.empty() ? "planned" : state.state}};
            put_text(machine, "reason", state.reason);
            json::array addresses;
            for (const auto& interface : m.interfaces)
                for (const auto& address : {interface.ipv4, interface.ipv6})
                    if (!address.empty())
                        addresses.emplace_back(without_prefix(address));
            machine["addresses"] = std::move(addresses);
            json::array offered;
            for (const auto& service : m.services)
                offered.emplace_back(service.name);
            machine["services"] = std::move(offered);
            // The first user with a derived password is the one a person signs in as.
            const auto user =
                std::find_if(m.users.begin(), m.users.end(), [](const plan::User& u) { return !u.credential.empty(); });
            if (opens_console(m) && options_.password && user != m.users.end())
                machine["login"] =
                    json::object{{"user", user->name}, {"password", options_.password(user->credential)}};
            out[m.id] = std::move(machine);
        }
        return out;
    }

    json::object inbox() const {
        json::object out;
        for (const auto& [id, m] : state_.messages()) {
            if (!sees(m.team))
                continue;
            json::object message{
                {"team", m.team},   {"from", m.from},       {"subject", m.subject},          {"body", m.body},
                {"at_ms", m.at_ms}, {"wall_ms", m.wall_ms}, {"during_pause", m.during_pause}};
            if (!m.expects.empty())
                message["expects"] = json::object{{"report", text_or(m.expects, "report")},
                                                  {"due_ms", int_or(m.expects, "due_ms")},
                                                  {"value_milli", int_or(m.expects, "value_milli")}};
            put_text(message, "channel", m.channel);
            put_text(message, "report", m.report);
            out[id] = std::move(message);
        }
        return out;
    }

    json::object reports() const {
        json::object out;
        for (const auto& [id, r] : state_.reports()) {
            if (!sees(r.team))
                continue;
            json::object report{{"team", r.team}, {"kind", r.kind},   {"author", r.author},
                                {"text", r.text}, {"at_ms", r.at_ms}, {"wall_ms", r.wall_ms}};
            put_text(report, "message", r.message);
            json::array rubric;
            if (const auto message = state_.messages().find(r.message); message != state_.messages().end())
                if (const auto* inject = plan::find_inject(plan_, message->second.inject))
                    for (const auto& item : inject->expects.rubric.items)
                        rubric.push_back(
                            json::object{{"id", item.id}, {"title", item.title}, {"max_milli", item.max_milli}});
            // What is asked for is told with the grade: before it, the list would be the answer.
            if (controls() || r.grade)
                report["rubric"] = std::move(rubric);
            if (r.grade)
                report["grade"] = json::object{{"total_milli", r.grade->total_milli},
                                               {"max_milli", r.grade->max_milli},
                                               {"grades", r.grade->grades},
                                               {"comment", r.grade->comment},
                                               {"by", r.grade->by}};
            out[id] = std::move(report);
        }
        return out;
    }

    std::string stage_word(const plan::Inject& inject, Stage stage) const {
        const bool waits = stage == Stage::scheduled || stage == Stage::held;
        if (waits && state_.run() == Run::ended)
            return "expired";
        if (stage == Stage::scheduled && !inject.approved)
            return std::string(plan::approval_of(inject));
        return std::string(word_of(stage));
    }

    json::object inject_of_team(const plan::Inject& inject, const std::string& team, const InjectState& s) const {
        json::object out{{"state", stage_word(inject, s.stage)}};
        if (s.fired_ms >= 0)
            out["fired_ms"] = s.fired_ms;
        put_text(out, "reason", s.reason);
        if (s.seq > 0)
            out["seq"] = s.seq;
        std::string outcome;
        std::string evidence;
        std::string effect;
        for (const auto& [id, act] : state_.acts()) {
            if (act.inject != inject.id || act.team != team)
                continue;
            // Of several targets the one that went worst speaks for the team.
            if (outcome.empty() || outcome == "ok") {
                outcome = act.outcome;
                evidence = act.evidence;
            }
            if (act.observed && effect != "holds")
                effect = act.holds ? "holds" : "gone";
        }
        put_text(out, "outcome", outcome);
        put_text(out, "evidence", evidence);
        put_text(out, "effect", effect);
        return out;
    }

    json::object injects() const {
        json::object out;
        for (std::size_t i = 0; i < plan_.injects.size(); ++i) {
            const auto& inject = plan_.injects[i];
            json::object o{{"order", i},
                           {"kind", inject.kind == plan::Inject::Kind::message ? "message" : "action"},
                           {"title", inject.title},
                           {"when", inject.when.text},
                           {"controller", inject.controller},
                           {"per_team", inject.per_team}};
            put_text(o, "objective", inject.objective);
            put_text(o, "expected", inject.expected);
            put_text(o, "technique", inject.technique);
            put_text(o, "action", inject.action);
            auto stage = Stage::skipped;
            std::int64_t fired = -1;
            json::object by_team;
            for (const auto& team : inject.teams) {
                const auto& s = *state_.inject(inject.id, team);
                stage = std::min(stage, s.stage);
                if (s.fired_ms >= 0)
                    fired = fired < 0 ? s.fired_ms : std::min(fired, s.fired_ms);
                by_team[team] = inject_of_team(inject, team, s);
            }
            o["state"] = stage_word(inject, stage);
            if (const auto at = fired >= 0 ? std::optional(fired) : planned_at(inject))
                o["at_ms"] = *at;
            o["teams"] = std::move(by_team);
            out[inject.id] = std::move(o);
        }
        return out;
    }

    // Exercise time at which the inject will fire as things stand; nothing for what waits for an event.
    std::optional<std::int64_t> planned_at(const plan::Inject& inject) const {
        std::optional<std::int64_t> first;
        for (const auto& team : inject.teams)
            if (const auto at = p_.conditions().true_from(inject, team, state_, scores_, 0))
                first = std::min(first.value_or(*at), *at);
        return first;
    }

    json::object isolation() const {
        json::object out;
        for (const auto* member : {"wall_ms", "probes", "leaks", "blocked", "unknown"})
            out[member] = int_or(state_.isolation(), member);
        return out;
    }

    json::object log() const {
        json::object out;
        for (const auto& line : p_.log())
            out[std::to_string(line.seq)] = json::object{{"wall_ms", line.wall_ms},
                                                         {"exercise_ms", line.exercise_ms},
                                                         {"kind", line.kind},
                                                         {"scope", line.scope},
                                                         {"text", line.text}};
        return out;
    }

    const Projection& p_;
    const plan::Plan& plan_;
    const State& state_;
    const scoring::Scores& scores_;
    const Audience& audience_;
    const ViewOptions& options_;
};

} // namespace

json::object build_view(const Projection& projection, const Audience& audience, const ViewOptions& options) {
    return Builder(projection, audience, options).build();
}

json::object moments_json(const Projection& projection, const Audience& audience) {
    const bool controls = audience.sees_all();
    json::array markers;
    for (const auto& m : projection.moments()) {
        const auto& text = controls ? m.text : m.told;
        const bool concerns = m.team.empty() || (audience.role == "team" && m.team == audience.team);
        if (controls || (concerns && !text.empty()))
            markers.push_back(
                json::object{{"at_ms", m.at_ms}, {"seq", m.seq}, {"kind", m.kind}, {"team", m.team}, {"text", text}});
    }
    return {{"duration_ms", projection.last_ms()},
            {"wall_start_ms", projection.wall_start_ms()},
            {"markers", std::move(markers)}};
}

json::object why_json(const Projection& projection, const std::string& team, const Audience& audience) {
    json::array items;
    for (const auto& item : projection.scores().why(team)) {
        const bool red = (item.category == "impact" || item.category == "restoration") && !item.seqs.empty();
        const bool controls = audience.sees_all();
        const bool hidden = red && !controls;
        auto seqs = hidden ? json::array() : json::array(item.seqs.begin(), item.seqs.end());
        items.push_back(json::object{
            {"category", item.category},
            {"text", (hidden ? "An attack" : item.subject) + ": " + item.what + (controls ? item.untold : "")},
            {"milli", item.milli},
            {"seqs", std::move(seqs)},
            {"at_ms", item.at_ms}});
    }
    return {{"team", team}, {"total_milli", projection.scores().total_milli(team)}, {"items", std::move(items)}};
}

} // namespace testudo::exercise
