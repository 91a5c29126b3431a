#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/rehearse/summary.hpp"

namespace testudo::rehearse {
namespace {

constexpr std::size_t most_lines = 40; // of lists that are whole in JSON and on the page
constexpr std::size_t most_lines_of_users = 8;

// Pads by characters, not bytes.
std::string padded(const std::string& text, std::size_t width) {
    const auto length = static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    return length >= width ? text : text + std::string(width - length, ' ');
}

// Columns as wide as their widest cell; the last is not padded.
class Table {
  public:
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

    std::string text() const {
        std::vector<std::size_t> widths;
        for (const auto& cells : rows_) {
            widths.resize(std::max(widths.size(), cells.size()));
            for (std::size_t i = 0; i < cells.size(); ++i)
                widths[i] = std::max(widths[i], cells[i].size());
        }
        std::string out;
        for (const auto& cells : rows_) {
            out += " ";
            for (std::size_t i = 0; i < cells.size(); ++i)
                out += " " + (i + 1 < cells.size() ? padded(cells[i], widths[i] + 1) : cells[i]);
            while (out.ends_with(' '))
                out.pop_back();
            out += "\n";
        }
        return out;
    }

  private:
    std::vector<std::vector<std::string>> rows_;
};

std::string heading(const std::string& text) {
    return "\n" + text + "\n";
}

std::string phases(const Rehearsal& r) {
    if (r.phases.empty())
        return "";
    Table table;
    for (const auto& phase : r.phases)
        table.row({phase.title, to_exercise_text(Millis(phase.from_ms)), duration_text(phase.to_ms - phase.from_ms)});
    return heading("Phases") + table.text();
}

std::string timeline(const Rehearsal& r) {
    Table table;
    std::vector<std::string> head{"inject", "when"};
    std::vector<std::vector<Fired>> fired;
    for (const auto& run : r.runs) {
        head.emplace_back(word_of(run.behaviour));
        fired.push_back(fired_in(r, run));
    }
    table.row(head);
    for (std::size_t i = 0; i < r.plan.injects.size(); ++i) {
        const auto& inject = r.plan.injects[i];
        std::vector<std::string> cells{inject.id, inject.when.text};
        for (const auto& run : fired)
            cells.push_back(text_of(run[i]) + (run[i].why == "by hand" ? ", by hand" : ""));
        table.row(std::move(cells));
    }
    return heading("What fires when") + table.text();
}

std::string missed(const Rehearsal& r) {
    std::string out;
    for (const auto& run : r.runs) {
        const auto all = missed_in(run);
        if (all.empty())
            continue;
        out += fmt::format("  {} teams\n", word_of(run.behaviour));
        for (std::size_t i = 0; i < std::min(all.size(), most_lines); ++i) {
            const auto& inject = r.plan.injects[all[i].inject];
            out += fmt::format("    {}{}: {}\n", inject.id,
                               all[i].teams.size() == inject.teams.size() ? "" : " of " + teams_text(r, all[i].teams),
                               all[i].why);
        }
        if (all.size() > most_lines)
            out += fmt::format("    ... and {} more\n", all.size() - most_lines);
    }
    return out.empty() ? "" : heading("What does not fire, and why") + out;
}

std::string scores(const Rehearsal& r) {
    Table table;
    std::vector<std::string> head{"category", "most"};
    for (const auto& run : r.runs)
        head.push_back(std::string(word_of(run.behaviour)) + " (least - most)");
    head.emplace_back("at stake");
    table.row(std::move(head));
    const auto cell = [](const Spread& spread) {
        return spread.least == spread.most
                   ? points(spread.mean)
                   : fmt::format("{} ({} - {})", points(spread.mean), points(spread.least), points(spread.most));
    };
    for (const auto& category : r.plan.categories) {
        std::vector<std::string> cells{category.id, points(category.weight_milli)};
        for (const auto& run : r.runs)
            cells.push_back(cell(contribution_of(run, category.id)));
        cells.push_back(
            category.id == "availability" || r.runs.empty() ? "" : points(at_stake(r.runs.front(), category.id)));
        table.row(std::move(cells));
    }
    std::vector<std::string> total{"total", points(1'000'000)};
    for (const auto& run : r.runs)
        total.push_back(cell(total_of(run)));
    table.row(std::move(total));
    return heading("Scores at ENDEX: mean of the teams") + table.text();
}

std::string users(const Rehearsal& r) {
    if (r.plan.users.empty())
        return "";
    Table table;
    std::vector<std::string> head{"users", "of"};
    for (const auto& run : r.runs)
        head.emplace_back(word_of(run.behaviour));
    table.row(std::move(head));
    for (const auto& users : r.plan.users) {
        const auto lines = served_alike(r, users.id);
        for (std::size_t i = 0; i < std::min(lines.size(), most_lines_of_users); ++i) {
            std::vector<std::string> cells{users.title, lines.size() == 1 ? "all" : teams_text(r, lines[i].teams)};
            cells.insert(cells.end(), lines[i].shares.begin(), lines[i].shares.end());
            table.row(std::move(cells));
        }
        if (lines.size() > most_lines_of_users)
            table.row({"", fmt::format("and {} more lines like these", lines.size() - most_lines_of_users)});
    }
    return heading("What users got of all they asked for, the worst served first") + table.text();
}

std::string reports(const Rehearsal& r) {
    Table table;
    table.row({"teams", "asked", "in time", "late", "missing", "graded after ENDEX"});
    for (std::size_t i = 0; i < r.runs.size(); ++i) {
        const auto& n = r.findings[i].reports;
        table.row({std::string(word_of(r.runs[i].behaviour)), std::to_string(n.asked), std::to_string(n.in_time),
                   std::to_string(n.late), std::to_string(n.missing), std::to_string(n.graded_after_endex)});
    }
    return heading("Reports") + table.text();
}

std::string load(const Rehearsal& r) {
    std::string out;
    for (std::size_t i = 0; i < r.runs.size(); ++i) {
        Table table;
        table.row({"from", "injects to a team (least - most)", "controllers"});
        for (std::size_t b = 0; b < r.findings[i].load.size(); ++b) {
            const auto& bucket = r.findings[i].load[b];
            auto least = bucket.injects.size() < r.runs[i].scores.size() ? std::size_t{0} : ~std::size_t{0};
            std::size_t most = 0;
            for (const auto& [team, count] : bucket.injects) {
                least = std::min(least, count);
                most = std::max(most, count);
            }
            std::string work;
            for (const auto& [controller, w] : bucket.controllers)
                work += fmt::format("{}{}: {} by hand, {} reports in, {} unread, reading {}", work.empty() ? "" : "; ",
                                    controller, w.by_hand, w.arrived, w.waiting, duration_text(w.reading_ms));
            if (most > 0 || !work.empty())
                table.row({to_exercise_text(Millis(static_cast<std::int64_t>(b) * r.bucket_ms)),
                           least == most ? std::to_string(most) : fmt::format("{} - {}", std::min(least, most), most),
                           work.empty() ? "nothing" : work});
        }
        out += fmt::format("  {} teams\n", word_of(r.runs[i].behaviour)) + table.text();
    }
    return heading(fmt::format("Load, every {}", duration_text(r.bucket_ms))) + out;
}

std::string stretches(const Rehearsal& r) {
    std::string out;
    for (std::size_t i = 0; i < r.runs.size(); ++i) {
        Table table;
        for (const auto& quiet : r.findings[i].longest_quiet)
            table.row({"  " + teams_text(r, {quiet.team}), duration_text(quiet.to_ms - quiet.from_ms),
                       "from " + to_exercise_text(Millis(quiet.from_ms))});
        out += fmt::format("  {} teams\n", word_of(r.runs[i].behaviour)) + table.text();
        const auto& crowds = r.findings[i].crowded;
        for (std::size_t k = 0; k < std::min(crowds.size(), most_lines); ++k)
            out += fmt::format("    crowded: {}, {} injects within {} from {}\n", teams_text(r, {crowds[k].team}),
                               crowds[k].count, duration_text(crowds[k].to_ms - crowds[k].from_ms),
                               to_exercise_text(Millis(crowds[k].from_ms)));
        if (crowds.size() > most_lines)
            out += fmt::format("    ... and {} more\n", crowds.size() - most_lines);
    }
    return heading("Longest time without an inject, and crowds") + out;
}

std::string collisions(const Rehearsal& r) {
    std::string out;
    for (std::size_t i = 0; i < r.runs.size(); ++i) {
        const auto& all = r.findings[i].collisions;
        if (all.empty())
            continue;
        out += fmt::format("  {} teams\n", word_of(r.runs[i].behaviour));
        for (std::size_t k = 0; k < std::min(all.size(), most_lines); ++k)
            out +=
                fmt::format("    {} and {} on {}{}: together for {} at most, from {}\n",
                            r.plan.injects[all[k].first].id, r.plan.injects[all[k].second].id, all[k].machines.front(),
                            all[k].machines.size() > 1 ? fmt::format(" and {} more", all[k].machines.size() - 1) : "",
                            duration_text(all[k].longest_ms), to_exercise_text(Millis(all[k].at_ms)));
        if (all.size() > most_lines)
            out += fmt::format("    ... and {} more\n", all.size() - most_lines);
    }
    return out.empty() ? "" : heading("Effects on one machine at the same time: each may hide the other") + out;
}

std::string list(const std::string& title, const std::vector<std::string>& lines) {
    if (lines.empty())
        return "";
    auto out = heading(title);
    for (const auto& line : lines)
        out += fmt::format("  - {}\n", line);
    return out;
}

} // namespace

std::string to_text(const Rehearsal& r) {
    auto out = fmt::format("{} ({}), rehearsed: {} of exercise time, {} teams, {} injects\n{}\n", r.plan.title,
                           r.plan.exercise, duration_text(r.plan.duration.count()),
                           r.runs.empty() ? 0 : r.runs.front().scores.size(), r.plan.injects.size(), r.plan.label);
    const auto look = remarks(r);
    out += look.empty() ? "\nNothing to remark: every inject fires, and nobody waits long.\n"
                        : list("What to look at", look);
    out += scores(r);
    out += users(r);
    out += phases(r);
    out += timeline(r);
    out += missed(r);
    out += reports(r);
    out += load(r);
    out += stretches(r);
    out += collisions(r);
    out += list("How it was rehearsed", assumptions(r));
    return out;
}

} // namespace testudo::rehearse
