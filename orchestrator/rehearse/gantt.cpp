#include "orchestrator/rehearse/gantt.hpp"
#include "orchestrator/core/markup.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <set>

#include "orchestrator/core/markup.hpp"
#include "orchestrator/rehearse/summary.hpp"

namespace testudo::rehearse {
namespace {

constexpr int width = 1200;
constexpr int margin = 210; // for the names of the rows
constexpr int right = 22;   // half of the last hour's text
constexpr int head = 44;    // for phases and hours
constexpr int foot = 22;
constexpr int lane = 7;
constexpr int gap = 8; // between rows

struct Segment {
    std::int64_t from_ms;
    std::int64_t to_ms;
    std::size_t count;
};

// How many of the spans hold at each moment; moments at which none does are left out.
std::vector<Segment> layers(const std::vector<std::pair<std::int64_t, std::int64_t>>& spans) {
    std::map<std::int64_t, int> steps;
    for (const auto& [from, to] : spans) {
        ++steps[from];
        --steps[to];
    }
    std::vector<Segment> out;
    int count = 0;
    std::int64_t last = 0;
    for (const auto& [at, step] : steps) {
        if (count > 0 && at > last)
            out.push_back({last, at, static_cast<std::size_t>(count)});
        count += step;
        last = at;
    }
    return out;
}

// One of four shades, so that neighbours become one bar.
std::vector<Segment> shaded(std::vector<Segment> segments, std::size_t all) {
    std::vector<Segment> out;
    for (auto& s : segments) {
        s.count = all <= 1 ? 4 : 1 + s.count * 3 / all;
        if (!out.empty() && out.back().to_ms == s.from_ms && out.back().count == s.count)
            out.back().to_ms = s.to_ms;
        else
            out.push_back(s);
    }
    return out;
}

class Picture {
  public:
    Picture(const Rehearsal& r, int height, const std::string& title, const std::string& description)
        : r_(r), height_(height) {
        out_ = fmt::format(
            "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" class=\"picture\">\n<title>{}</title>"
            "<desc>{}</desc>\n",
            width, height, escaped_markup(title), escaped_markup(title), escaped_markup(description));
    }

    double x(std::int64_t ms) const {
        const auto all = static_cast<double>(std::max<std::int64_t>(1, r_.plan.duration.count()));
        return margin + (width - margin - right) * static_cast<double>(ms) / all;
    }
    void add(const std::string& text) { out_ += text; }

    void phases_and_hours() {
        for (std::size_t i = 0; i < r_.phases.size(); ++i) {
            const auto& phase = r_.phases[i];
            const auto from = x(phase.from_ms);
            const auto to = x(phase.to_ms);
            add(fmt::format(
                "<rect class=\"band b{}\" x=\"{:.1f}\" y=\"0\" width=\"{:.1f}\" height=\"{}\"><title>{}: {} to "
                "{}</title></rect>\n",
                i % 2, from, std::max(0.0, to - from), height_ - foot, escaped_markup(phase.title),
                to_exercise_text(Millis(phase.from_ms)), to_exercise_text(Millis(phase.to_ms))));
            if (to - from > 8 * static_cast<double>(phase.title.size()))
                add(fmt::format("<text class=\"phase\" x=\"{:.1f}\" y=\"15\">{}</text>\n", from + 6,
                                escaped_markup(phase.title)));
        }
        const auto step = hour_step();
        for (std::int64_t at = 0; at <= r_.plan.duration.count(); at += step) {
            add(fmt::format("<line class=\"grid\" x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"{1}\" y2=\"{2}\"/>", x(at),
                            head - 8, height_ - foot));
            for (const auto y : {head - 12, height_ - 6})
                add(fmt::format("<text class=\"hour\" x=\"{:.1f}\" y=\"{}\">{}</text>\n", x(at), y, hour_text(at)));
        }
    }

    void name(int y, const std::string& text) {
        std::size_t end = 28;
        while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
            --end; // not within a character
        const auto shown = text.size() > 30 ? text.substr(0, end) + "..." : text;
        add(fmt::format("<text class=\"name\" x=\"{}\" y=\"{}\">{}</text>\n", margin - 8, y, escaped_markup(shown)));
    }

    void bars(const std::vector<Segment>& segments, std::string_view kind, int y, int thickness) {
        for (const auto& s : segments)
            add(fmt::format("<rect class=\"{} s{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>", kind,
                            s.count, x(s.from_ms), y, std::max(1.0, x(s.to_ms) - x(s.from_ms)), thickness));
    }

    void mark(std::int64_t at, bool action, std::string_view kind, double y, const std::string& title) {
        const auto cx = x(at);
        const auto shape =
            action ? fmt::format("<path class=\"{} mark\" d=\"M{:.1f} {:.1f}l4 4l-4 4l-4 -4z\">", kind, cx, y - 4)
                   : fmt::format("<circle class=\"{} mark\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.2\">", kind, cx, y);
        add(fmt::format("{}<title>{}</title></{}>", shape, escaped_markup(title), action ? "path" : "circle"));
    }

    std::string done() { return out_ + "\n</svg>\n"; }

  private:
    std::int64_t hour_step() const {
        const auto least = r_.plan.duration.count() / 12;
        for (const std::int64_t minutes : {1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720, 1440})
            if (minutes * 60'000 >= least)
                return minutes * 60'000;
        return (least / 86'400'000 + 1) * 86'400'000;
    }
    static std::string hour_text(std::int64_t ms) {
        const auto minutes = ms / 60'000;
        return fmt::format("{}:{:02}", minutes / 60, minutes % 60);
    }

    const Rehearsal& r_;
    int height_;
    std::string out_;
};

std::vector<std::size_t> by_first_firing(const Rehearsal& r) {
    std::vector<std::int64_t> first(r.plan.injects.size(), r.plan.duration.count() + 1);
    for (const auto& run : r.runs)
        for (const auto& firing : run.firings)
            first[firing.inject] = std::min(first[firing.inject], firing.at_ms);
    std::vector<std::size_t> out(first.size());
    std::iota(out.begin(), out.end(), std::size_t{0});
    std::stable_sort(out.begin(), out.end(), [&](std::size_t a, std::size_t b) { return first[a] < first[b]; });
    return out;
}

struct InRun { // what one run has of each inject
    std::vector<std::vector<Segment>> bars;
    std::vector<std::map<std::int64_t, std::size_t>> fired; // moment -> teams
};

InRun collected(const Rehearsal& r, const Run& run) {
    const auto end = r.plan.duration.count();
    InRun out;
    std::vector<std::vector<std::pair<std::int64_t, std::int64_t>>> spans(r.plan.injects.size());
    for (const auto& spell : run.spells)
        spans[spell.inject].emplace_back(spell.from_ms, spell.to_ms < 0 ? end : spell.to_ms);
    for (std::size_t i = 0; i < spans.size(); ++i)
        out.bars.push_back(shaded(layers(spans[i]), r.plan.injects[i].targets.size()));
    out.fired.resize(r.plan.injects.size());
    for (const auto& firing : run.firings)
        ++out.fired[firing.inject][firing.at_ms / 1000 * 1000];
    return out;
}

} // namespace

std::string gantt_of_injects(const Rehearsal& r) {
    const auto row = static_cast<int>(r.runs.size()) * (lane + 1) + gap;
    const auto height = head + static_cast<int>(r.plan.injects.size()) * row + foot;
    Picture picture(
        r, height, "Injects over time",
        "A row for each inject and in it a lane for each rehearsal; the tables below say the same in words.");
    picture.phases_and_hours();
    std::vector<InRun> runs;
    for (const auto& run : r.runs)
        runs.push_back(collected(r, run));
    int y = head;
    for (const auto i : by_first_firing(r)) {
        const auto& inject = r.plan.injects[i];
        picture.add("<g>");
        picture.name(y + row / 2 + 1, inject.id);
        for (std::size_t k = 0; k < runs.size(); ++k) {
            const auto kind = word_of(r.runs[k].behaviour);
            const auto top = y + static_cast<int>(k) * (lane + 1);
            picture.bars(runs[k].bars[i], kind, top + 1, lane - 2);
            for (const auto& [at, teams] : runs[k].fired[i])
                picture.mark(at, inject.kind == plan::Inject::Kind::action, kind, top + lane / 2.0,
                             fmt::format("{}: {}, {} of {} teams ({})", inject.title.empty() ? inject.id : inject.title,
                                         to_exercise_text(Millis(at)), teams, inject.teams.size(), kind));
        }
        y += row;
        picture.add(
            fmt::format("<line class=\"row\" x1=\"0\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/></g>\n", width, y - 4, y - 4));
    }
    return picture.done();
}

std::string gantt_of_teams(const Rehearsal& r, const Run& run) {
    constexpr int row = 30;
    const auto end = r.plan.duration.count();
    const auto kind = word_of(run.behaviour);
    Picture picture(r, head + static_cast<int>(run.scores.size()) * row + foot,
                    fmt::format("Teams over time, {} teams", kind),
                    "A row for each team: its injects, the effects that hold, and the reports that are due.");
    picture.phases_and_hours();
    int y = head;
    for (const auto& score : run.scores) {
        picture.name(y + 16, teams_text(r, {score.team}));
        std::vector<std::pair<std::int64_t, std::int64_t>> spans;
        for (const auto& spell : run.spells)
            if (spell.team == score.team)
                spans.emplace_back(spell.from_ms, spell.to_ms < 0 ? end : spell.to_ms);
        const auto held = layers(spans);
        std::size_t most = 1;
        for (const auto& s : held)
            most = std::max(most, s.count);
        picture.bars(shaded(held, most), kind, y + 14, 9);
        std::set<std::pair<int, bool>> drawn; // one mark per pixel is enough
        for (const auto& firing : run.firings) {
            const auto& inject = r.plan.injects[firing.inject];
            const bool action = inject.kind == plan::Inject::Kind::action;
            if (firing.team != score.team || !drawn.emplace(static_cast<int>(picture.x(firing.at_ms)), action).second)
                continue;
            picture.mark(firing.at_ms, action, kind, y + 7,
                         fmt::format("{} at {}", inject.title.empty() ? inject.id : inject.title,
                                     to_exercise_text(Millis(firing.at_ms))));
        }
        for (const auto& one : run.awaited)
            if (one.team == score.team && one.due_ms <= end)
                picture.add(fmt::format(
                    "<path class=\"due\" d=\"M{:.1f} {}v7\"><title>{} report due at {}: {}</title></path>",
                    picture.x(one.due_ms), y + 16, escaped_markup(r.plan.injects[one.inject].expects.report),
                    to_exercise_text(Millis(one.due_ms)),
                    one.filed_ms < 0            ? "never filed"
                    : one.filed_ms > one.due_ms ? "filed late"
                                                : "filed in time"));
        y += row;
        picture.add(
            fmt::format("\n<line class=\"row\" x1=\"0\" x2=\"{}\" y1=\"{}\" y2=\"{}\"/>\n", width, y - 3, y - 3));
    }
    return picture.done();
}

std::string score_chart(const Rehearsal& r) {
    constexpr int height = 240;
    constexpr int points_shown = 240;
    constexpr std::int64_t full = 1'000'000;
    Picture picture(r, height, "Mean score over time", "One line for each rehearsal, from 0 to 1000 points.");
    picture.phases_and_hours();
    const auto y = [](std::int64_t milli) {
        return head + (height - head - foot) * (1.0 - static_cast<double>(milli) / static_cast<double>(full));
    };
    for (const std::int64_t milli : {std::int64_t{0}, full / 4, full / 2, full / 4 * 3, full}) {
        picture.name(static_cast<int>(y(milli)) + 4, std::to_string(milli / 1000));
        picture.add(fmt::format("<line class=\"row\" x1=\"{}\" x2=\"{}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>", margin,
                                width - right, y(milli), y(milli)));
    }
    for (const auto& run : r.runs) {
        std::string path;
        for (int i = 0; i <= points_shown; ++i) {
            const auto at = r.plan.duration.count() * i / points_shown;
            std::int64_t sum = 0;
            for (const auto& score : run.scores) {
                const auto after = std::upper_bound(score.history.begin(), score.history.end(), at,
                                                    [](std::int64_t t, const auto& p) { return t < p.first; });
                sum += after == score.history.begin() ? full : std::prev(after)->second;
            }
            const auto mean = run.scores.empty() ? full : sum / static_cast<std::int64_t>(run.scores.size());
            path += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", picture.x(at),
                                y(std::clamp<std::int64_t>(mean, 0, full)));
        }
        picture.add(fmt::format("<path class=\"{0} curve\" d=\"{1}\"><title>{0} teams</title></path>\n",
                                word_of(run.behaviour), path));
    }
    return picture.done();
}

} // namespace testudo::rehearse
