#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/core/markup.hpp"
#include "orchestrator/rehearse/gantt.hpp"
#include "orchestrator/rehearse/summary.hpp"

namespace testudo::rehearse {
namespace {

// Okabe and Ito's colours, lighter on dark ground; the lanes' order and the legend tell them apart without colour.
constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ground: #fff; --text: #1b1f24; --dim: #57606a; --line: #d0d7de; --band: #f3f5f8;
  --perfect: #00805d; --average: #0072b2; --absent: #c45500; --raised: #f6f8fa; --alarm: #c45500; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --text: #e4e8ed; --dim: #9aa5b1; --line: #363d46;
  --band: #1c2127; --perfect: #35c496; --average: #56b4e9; --absent: #f08a4b; --raised: #1f242b; --alarm: #f08a4b; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 84rem; padding: 0 1.5rem 3rem; background: var(--ground); color: var(--text);
  font: 16px/1.45 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
.label { margin: 0 -1.5rem 1.5rem; padding: .3rem; background: var(--raised); border-bottom: 1px solid var(--line);
  text-align: center; font-weight: 600; letter-spacing: .03em; }
h1 { font-size: 1.7rem; margin: 0 0 .2rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
.dim { color: var(--dim); } p { margin: .3rem 0; max-width: 60rem; }
.remarks { border-left: 4px solid var(--alarm); margin: .5rem 0; padding: .1rem 0 .1rem 1.6rem; max-width: 64rem; }
.scroll { overflow-x: auto; } .scroll:focus-visible, summary:focus-visible { outline: 2px solid var(--average); }
table { border-collapse: collapse; margin: .3rem 0; } caption { text-align: left; color: var(--dim); padding-bottom: .2rem; }
th, td { padding: .22rem 1.1rem .22rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--line); white-space: nowrap; } th.n, td.n { text-align: right; white-space: nowrap; }
tbody th { position: sticky; left: 0; background: var(--ground); } /* names stay when a table is moved sideways */
code { font: .92em ui-monospace, monospace; } .total td, .total th { font-weight: 600; }
.heat td { text-align: center; min-width: 1.9rem; padding: .15rem .3rem; } .heat .h0 { color: var(--dim); }
.heat .h1 { background: color-mix(in srgb, var(--average) 14%, transparent); }
.heat .h2 { background: color-mix(in srgb, var(--average) 28%, transparent); }
.heat .h3 { background: color-mix(in srgb, var(--average) 45%, transparent); font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin: .4rem 0; padding: 0; list-style: none; }
.legend svg { width: 28px; height: 12px; vertical-align: -1px; }
.picture { width: 100%; min-width: 60rem; height: auto; display: block; font: 12px system-ui, sans-serif; }
.picture text { fill: var(--text); } .picture .name { text-anchor: end; } .picture .hour { fill: var(--dim); font-size: 11px;
  text-anchor: middle; } .picture .phase { font-weight: 600; }
.band.b0 { fill: var(--band); } .band.b1 { fill: none; } .grid { stroke: var(--line); stroke-dasharray: 2 3; }
.row { stroke: var(--line); stroke-width: .5; } .due { stroke: var(--text); stroke-width: 2; }
.perfect { fill: var(--perfect); } .average { fill: var(--average); } .absent { fill: var(--absent); }
.s1 { fill-opacity: .3; } .s2 { fill-opacity: .5; } .s3 { fill-opacity: .72; } .mark { stroke: var(--ground); stroke-width: .8; }
.curve { fill: none; stroke-width: 2.2; } .perfect.curve { stroke: var(--perfect); }
.average.curve { stroke: var(--average); stroke-dasharray: 8 3; } .absent.curve { stroke: var(--absent); stroke-dasharray: 2 3; }
summary { cursor: pointer; padding: .2rem 0; font-weight: 600; }
@media print { body { max-width: none; font-size: 12px; } .scroll { overflow: visible; } .picture { min-width: 0; } h2 {
  break-after: avoid; } tr { break-inside: avoid; } }
)";

std::string moment(std::int64_t ms) {
    return to_exercise_text(Millis(ms));
}

class Page {
  public:
    explicit Page(const Rehearsal& r) : r_(r) {}

    std::string html() {
        head();
        remarks_and_scores();
        users();
        picture_of_injects();
        phases();
        timeline();
        missed();
        reports();
        load();
        teams();
        collisions();
        list("How it was rehearsed", assumptions(r_));
        out_ += "</main>\n</body>\n</html>\n";
        return std::move(out_);
    }

  private:
    template <class... Args> void put(fmt::format_string<Args...> text, Args&&... args) {
        fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
    }

    void head() {
        put("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            "<title>Rehearsal of {}</title>\n<style>{}</style>\n</head>\n<body>\n",
            escaped_markup(r_.plan.title), style);
        put("<div class=\"label\">{}</div>\n<main>\n<h1>Rehearsal of {}</h1>\n", escaped_markup(r_.plan.label),
            escaped_markup(r_.plan.title));
        std::string behaviours;
        for (const auto& run : r_.runs)
            behaviours += fmt::format("{}{}", behaviours.empty() ? "" : ", ", word_of(run.behaviour));
        put("<p class=\"dim\">{} of exercise time, {} teams, {} injects, {} checks; played in virtual time with teams "
            "that "
            "are {}.</p>\n",
            duration_text(r_.plan.duration.count()), r_.runs.empty() ? 0 : r_.runs.front().scores.size(),
            r_.plan.injects.size(), r_.plan.checks.size(), behaviours);
    }

    void list(const std::string& title, const std::vector<std::string>& lines, const char* kind = "") {
        if (lines.empty())
            return;
        put("<h2>{}</h2>\n<ul class=\"{}\">\n", escaped_markup(title), kind);
        for (const auto& line : lines)
            put("<li>{}</li>\n", escaped_markup(line));
        out_ += "</ul>\n";
    }

    void open_table(const std::string& caption, const std::vector<std::string>& columns, const char* kind = "") {
        put("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\"><table class=\"{1}\"><caption>{0}"
            "</caption>\n<thead><tr>",
            escaped_markup(caption), kind);
        for (const auto& column : columns)
            if (column.starts_with('>')) // a column of numbers
                put("<th scope=\"col\" class=\"n\">{}</th>", escaped_markup(column.substr(1)));
            else
                put("<th scope=\"col\">{}</th>", escaped_markup(column));
        out_ += "</tr></thead>\n<tbody>\n";
    }
    void close_table() { out_ += "</tbody></table></div>\n"; }

    void remarks_and_scores() {
        const auto look = remarks(r_);
        if (look.empty())
            out_ += "<h2>What to look at</h2>\n<p>Nothing: every inject fires, and nobody waits long.</p>\n";
        list("What to look at", look, "remarks");

        out_ += "<h2>Scores at ENDEX</h2>\n";
        std::vector<std::string> columns{"Category", ">At most"};
        for (const auto& run : r_.runs)
            columns.push_back(fmt::format(">{} teams", word_of(run.behaviour)));
        columns.emplace_back(">At stake");
        open_table("Mean of the teams, and the least and the most", columns);
        const auto cell = [this](const Spread& s) {
            put("<td class=\"n\">{}", points(s.mean));
            if (s.least != s.most)
                put(" <span class=\"dim\">({} to {})</span>", points(s.least), points(s.most));
            out_ += "</td>";
        };
        for (const auto& category : r_.plan.categories) {
            put("<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td>", escaped_markup(category.title),
                points(category.weight_milli));
            for (const auto& run : r_.runs)
                cell(contribution_of(run, category.id));
            put("<td class=\"n\">{}</td></tr>\n",
                category.id == "availability" || r_.runs.empty() ? "" : points(at_stake(r_.runs.front(), category.id)));
        }
        put("<tr class=\"total\"><th scope=\"row\">Total</th><td class=\"n\">{}</td>", points(1'000'000));
        for (const auto& run : r_.runs)
            cell(total_of(run));
        out_ += "<td></td></tr>\n";
        close_table();
        picture(score_chart(r_), "Mean score over time");
        legend(false);
    }

    // Teams that got the same share a line: where nothing went wrong, that is one line for all.
    void users() {
        if (r_.plan.users.empty() || r_.runs.empty())
            return;
        out_ += "<h2>What users got</h2>\n";
        std::vector<std::string> columns{"Users", "Teams"};
        for (const auto& run : r_.runs)
            columns.push_back(fmt::format(">{} teams", word_of(run.behaviour)));
        open_table(
            "Part of what they asked for that was well served, the worst served first; a slow answer counts half",
            columns);
        for (const auto& users : r_.plan.users)
            for (const auto& [shares, teams] : served_alike(r_, users.id)) {
                const auto all = teams.size() == r_.runs.front().scores.size();
                put("<tr><th scope=\"row\">{}</th><td>{}</td>", escaped_markup(users.title),
                    all ? "all" : escaped_markup(teams_text(r_, teams)));
                for (const auto& share : shares)
                    put("<td class=\"n\">{}</td>", share);
                out_ += "</tr>\n";
            }
        close_table();
    }

    void picture(const std::string& svg, const std::string& name) {
        put("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\">\n{}</div>\n", escaped_markup(name),
            svg);
    }

    void legend(bool lanes) {
        out_ += "<ul class=\"legend\">";
        static constexpr std::array<std::string_view, 3> place{"upper", "middle", "lower"};
        for (std::size_t i = 0; i < r_.runs.size(); ++i) {
            const auto word = word_of(r_.runs[i].behaviour);
            const auto where = lanes && r_.runs.size() == 3 ? fmt::format(" ({} lane)", place.at(i)) : std::string();
            put("<li><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\">{}</svg> {} teams{}</li>",
                lanes ? fmt::format("<rect class=\"{}\" y=\"3\" width=\"28\" height=\"6\"/>", word)
                      : fmt::format("<path class=\"{} curve\" d=\"M0 6H28\"/>", word),
                word, where);
        }
        if (lanes)
            out_ += "<li><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\"><circle class=\"average\" cx=\"6\" cy=\"6\" "
                    "r=\"4\"/></svg> a message</li><li><svg viewBox=\"0 0 28 12\" aria-hidden=\"true\"><path "
                    "class=\"average\" d=\"M6 1l5 5l-5 5l-5 -5z\"/></svg> an action</li><li>bar: its effect holds, the "
                    "darker the more teams</li>";
        out_ += "</ul>\n";
    }

    void picture_of_injects() {
        out_ += "<h2>The timeline</h2>\n";
        legend(true);
        picture(gantt_of_injects(r_), "Injects over time");
    }

    void phases() {
        if (r_.phases.empty())
            return;
        out_ += "<h2>Phases</h2>\n";
        open_table("Begin and length of each phase", {"Phase", "Begins", ">Lasts"});
        for (const auto& phase : r_.phases)
            put("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}</td></tr>\n", escaped_markup(phase.title),
                moment(phase.from_ms), duration_text(phase.to_ms - phase.from_ms));
        close_table();
    }

    void timeline() {
        out_ += "<h2>What fires when, and why</h2>\n";
        std::vector<std::string> columns{"Inject", "Title", "When"};
        std::vector<std::vector<Fired>> fired;
        for (const auto& run : r_.runs) {
            columns.push_back(fmt::format("{} teams", word_of(run.behaviour)));
            fired.push_back(fired_in(r_, run));
        }
        open_table("In the order of the template", columns);
        for (std::size_t i = 0; i < r_.plan.injects.size(); ++i) {
            const auto& inject = r_.plan.injects[i];
            put("<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td>", escaped_markup(inject.id),
                escaped_markup(inject.title), escaped_markup(inject.when.text));
            for (const auto& run : fired)
                put("<td>{} <span class=\"dim\">{}</span></td>", escaped_markup(text_of(run[i])),
                    run[i].teams > 0 ? escaped_markup(run[i].why) : "");
            out_ += "</tr>\n";
        }
        close_table();
    }

    void missed() {
        bool any = false;
        for (const auto& run : r_.runs) {
            const auto all = missed_in(run);
            if (all.empty())
                continue;
            if (!any)
                out_ += "<h2>What does not fire, and why</h2>\n";
            any = true;
            put("<h3>{} teams</h3>\n", word_of(run.behaviour));
            open_table(fmt::format("Not fired with {} teams", word_of(run.behaviour)), {"Inject", "Teams", "Why"});
            for (const auto& one : all)
                put("<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td>{}</td></tr>\n",
                    escaped_markup(r_.plan.injects[one.inject].id),
                    one.teams.size() == r_.plan.injects[one.inject].teams.size()
                        ? "all"
                        : escaped_markup(teams_text(r_, one.teams)),
                    escaped_markup(one.why));
            close_table();
        }
    }

    void reports() {
        out_ += "<h2>Reports</h2>\n";
        open_table("Reports that messages ask for, of all teams",
                   {"Teams", ">Asked", ">In time", ">Late", ">Missing", ">Graded after ENDEX"});
        for (std::size_t i = 0; i < r_.runs.size(); ++i) {
            const auto& n = r_.findings[i].reports;
            put("<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
                "<td class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                word_of(r_.runs[i].behaviour), n.asked, n.in_time, n.late, n.missing, n.graded_after_endex);
        }
        close_table();
    }

    void load() {
        put("<h2>Load, every {}</h2>\n", duration_text(r_.bucket_ms));
        for (std::size_t i = 0; i < r_.runs.size(); ++i) {
            const auto word = word_of(r_.runs[i].behaviour);
            put("<details{}><summary>{} teams</summary>\n",
                r_.runs[i].behaviour == Behaviour::average || r_.runs.size() == 1 ? " open" : "", word);
            load_of_teams(r_.runs[i], r_.findings[i]);
            load_of_controllers(r_.findings[i]);
            out_ += "</details>\n";
        }
    }

    void load_of_teams(const Run& run, const Findings& found) {
        std::vector<std::string> columns{"Team"};
        std::size_t most = 1;
        for (std::size_t b = 0; b < found.load.size(); ++b) {
            const auto minutes = static_cast<std::int64_t>(b) * r_.bucket_ms / 60'000;
            columns.push_back(fmt::format("{}:{:02}", minutes / 60, minutes % 60));
            for (const auto& [team, count] : found.load[b].injects)
                most = std::max(most, count);
        }
        open_table("Injects to each team", columns, "heat");
        for (const auto& score : run.scores) {
            put("<tr><th scope=\"row\">{}</th>", escaped_markup(teams_text(r_, {score.team})));
            for (const auto& bucket : found.load) {
                const auto count = bucket.injects.find(score.team);
                const auto n = count == bucket.injects.end() ? 0 : count->second;
                put("<td class=\"h{}\">{}</td>", n == 0 ? 0 : 1 + (n - 1) * 3 / most, n);
            }
            out_ += "</tr>\n";
        }
        close_table();
    }

    void load_of_controllers(const Findings& found) {
        open_table("Controllers",
                   {"From", "Controller", ">Fires by hand", ">Reports in", ">Unread at the end", ">Reading"});
        for (std::size_t b = 0; b < found.load.size(); ++b)
            for (const auto& [controller, work] : found.load[b].controllers)
                put("<tr><th scope=\"row\">{}</th><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
                    "class=\"n\">{}</td><td class=\"n\">{}</td></tr>\n",
                    moment(static_cast<std::int64_t>(b) * r_.bucket_ms), escaped_markup(controller), work.by_hand,
                    work.arrived, work.waiting, duration_text(work.reading_ms));
        close_table();
    }

    void teams() {
        out_ +=
            "<h2>Each team's time</h2>\n<p>Circles are messages and diamonds actions; a bar is effects that hold, the "
            "darker the more; a stroke is a report that is due.</p>\n";
        for (std::size_t i = 0; i < r_.runs.size(); ++i) {
            const auto word = word_of(r_.runs[i].behaviour);
            put("<details{}><summary>{} teams</summary>\n",
                r_.runs[i].behaviour == Behaviour::average || r_.runs.size() == 1 ? " open" : "", word);
            picture(gantt_of_teams(r_, r_.runs[i]), fmt::format("Teams over time, {}", word));
            open_table("Longest time without an inject, and crowds", {"Team", "What", "From", ">Lasts", ">Injects"});
            const auto row = [&](const Stretch& s, const char* what) {
                put("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"n\">{}</td><td "
                    "class=\"n\">{}</td></tr>\n",
                    escaped_markup(teams_text(r_, {s.team})), what, moment(s.from_ms),
                    duration_text(s.to_ms - s.from_ms), s.count);
            };
            for (const auto& s : r_.findings[i].longest_quiet)
                row(s, "quiet");
            for (const auto& s : r_.findings[i].crowded)
                row(s, "crowded");
            close_table();
            out_ += "</details>\n";
        }
    }

    void collisions() {
        bool any = false;
        for (std::size_t i = 0; i < r_.runs.size(); ++i) {
            const auto& all = r_.findings[i].collisions;
            if (all.empty())
                continue;
            if (!any)
                out_ += "<h2>Effects on one machine at the same time</h2>\n<p>Each may hide the other.</p>\n";
            any = true;
            put("<details{}><summary>{} teams: {}</summary>\n",
                r_.runs[i].behaviour == Behaviour::absent ? "" : " open", word_of(r_.runs[i].behaviour), all.size());
            open_table(fmt::format("With {} teams", word_of(r_.runs[i].behaviour)),
                       {"Injects", "Machines", "First", ">Together at most"});
            for (const auto& one : all)
                put("<tr><th scope=\"row\"><code>{}</code> and <code>{}</code></th><td>{}</td><td>{}</td><td "
                    "class=\"n\">{}</td></tr>\n",
                    escaped_markup(r_.plan.injects[one.first].id), escaped_markup(r_.plan.injects[one.second].id),
                    escaped_markup(fmt::format("{}", fmt::join(one.machines, ", "))), moment(one.at_ms),
                    duration_text(one.longest_ms));
            close_table();
            out_ += "</details>\n";
        }
    }

    const Rehearsal& r_;
    std::string out_;
};

} // namespace

std::string to_html(const Rehearsal& rehearsal) {
    return Page(rehearsal).html();
}

} // namespace testudo::rehearse
