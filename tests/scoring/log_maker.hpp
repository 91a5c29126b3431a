#pragma once
#include <memory>
#include <string>
#include <vector>

#include "scoring/fold.hpp"

namespace testudo::scoring {

// Two categories of everything, three teams, one check ("web", weight 1, every 10 s, no re-checks unless asked for)
// with a reference twin, one attack on the checked machine and one message that expects a report.
inline Model three_teams(int confirm = 0) {
    Model m;
    m.categories = {{"availability", "Availability", 600'000},
                    {"impact", "Impact", 200'000},
                    {"restoration", "Restoration", 100'000},
                    {"reports", "Reports", 100'000}};
    Attack attack{"defaced", "Portal is defaced", true, 30'000, 1'000, Millis(600'000), 20'000, Millis(600'000), {}};
    for (const auto* team : {"a", "b", "c"}) {
        m.teams.push_back({team, team});
        m.checks.push_back({std::string("web@") + team, "web", "Web", team, std::string("portal@") + team,
                            Millis(10'000), confirm, confirm, 1'000});
        attack.machines[team] = {std::string("portal@") + team};
    }
    m.checks.push_back({"web@reference", "web", "Web", "", "reference", Millis(10'000), confirm, confirm, 1'000});
    m.attacks.push_back(attack);
    m.expected.push_back({"advisory", "Advisory", 20'000, Millis(600'000), {"a", "b", "c"}});
    return m;
}

// Writes a log by hand, event by event.
class LogMaker {
  public:
    std::vector<Event> events;

    Event& add(const std::string& kind, std::int64_t at_ms, const std::string& scope, json::object body) {
        Event e;
        e.seq = events.size() + 1;
        e.exercise_ms = at_ms;
        e.kind = kind;
        e.scope = scope;
        e.body = std::move(body);
        events.push_back(std::move(e));
        return events.back();
    }
    void sample(const std::string& team, std::int64_t window, const std::string& result, int attempt = 0) {
        const auto id = "web@" + (team.empty() ? std::string("reference") : team);
        add("check.sample", window * 10'000 + 1'000 + attempt * 1'000, team,
            {{"check", id}, {"window", window}, {"attempt", attempt}, {"result", result}, {"reason", result}});
    }
    // All of one window: the reference and teams a, b, c.
    void window(std::int64_t number, const std::string& a, const std::string& b, const std::string& c,
                const std::string& reference = "pass") {
        sample("", number, reference);
        sample("a", number, a);
        sample("b", number, b);
        sample("c", number, c);
    }
    void fired(const std::string& team, std::int64_t at_ms) {
        add("inject.fired", at_ms, team, {{"inject", "defaced"}, {"team", team}});
    }
    void effect(const std::string& team, std::int64_t at_ms, bool holds) {
        add("effect.observed", at_ms, team, {{"act", "act-" + team}, {"inject", "defaced"}, {"holds", holds}});
    }
    void delivered(const std::string& team, std::int64_t at_ms) {
        add("message.delivered", at_ms, team,
            {{"message", "advisory@" + team},
             {"inject", "advisory"},
             {"expects", {{"due_ms", at_ms + 600'000}, {"value_milli", 20'000}}}});
    }
    void filed(const std::string& report, const std::string& team, std::int64_t at_ms, const std::string& message) {
        add("report.filed", at_ms, team, {{"report", report}, {"message", message}});
    }
    void graded(const std::string& report, const std::string& team, std::int64_t total, const std::string& by,
                std::int64_t at_ms = 0) {
        add("report.graded", at_ms, team,
            {{"report", report}, {"total_milli", total}, {"max_milli", 20'000}, {"by", by}});
    }
};

inline Scores fold(const std::vector<Event>& events, Model model = three_teams()) {
    Scores scores(std::make_shared<const Model>(std::move(model)));
    for (const auto& e : events)
        scores.apply(e);
    return scores;
}

} // namespace testudo::scoring
