#include <fmt/format.h>

#include "orchestrator/core/markup.hpp"
#include "orchestrator/isolation/report.hpp"

namespace testudo::isolation {
namespace {

constexpr std::string_view style = R"(
:root { color-scheme: light dark; --ground: #fff; --text: #1b1f24; --dim: #57606a; --line: #d0d7de; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --text: #e4e8ed; --dim: #9aa5b1; --line: #363d46; --bad: #ff8a7a; } }
body { margin: 0 auto; max-width: 76rem; padding: 0 1.5rem 3rem; background: var(--ground); color: var(--text);
  font: 16px/1.45 system-ui, sans-serif; }
.label { text-align: center; font-weight: 600; padding: .3rem; border-bottom: 1px solid var(--line); }
.dim { color: var(--dim); } .bad { color: var(--bad); font-weight: 600; } .scroll { overflow-x: auto; }
table { border-collapse: collapse; } th, td { padding: .2rem 1rem .2rem 0; border-bottom: 1px solid var(--line);
  text-align: left; vertical-align: top; }
)";

std::string row_of(const json::object& finding) {
    const auto outcome = text_or(finding, "outcome");
    const auto port = int_or(finding, "port");
    const auto address = text_or(finding, "address");
    return fmt::format("<tr><td class=\"{}\">{}</td><td>{}</td><td>{}</td><td>{} <span class=\"dim\">{}{}</span></td>"
                       "<td>{}</td><td>{}</td><td class=\"dim\">{}</td></tr>\n",
                       outcome == "as planned" ? "" : "bad", outcome, escaped_markup(text_or(finding, "kind")),
                       escaped_markup(text_or(finding, "from")), escaped_markup(text_or(finding, "to")),
                       escaped_markup(address), port ? fmt::format(" port {}", port) : "", text_or(finding, "expected"),
                       escaped_markup(text_or(finding, "evidence")), escaped_markup(text_or(finding, "why")));
}

} // namespace

std::string as_page(const json::object& report, std::string_view exercise, std::string_view label) {
    const auto leaks = int_or(report, "leaks");
    auto out = fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Isolation of {0}</title>"
        "<style>{1}</style></head>\n<body>\n<p class=\"label\">{2}</p>\n<main>\n<h1>Isolation of {0}</h1>\n"
        "<p class=\"{3}\">{4}</p>\n<p>{5} probes: {6} leaks, {7} blocked, {8} unknown. On each segment one "
        "machine speaks for all.</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>Outcome</th><th>Kind</th>"
        "<th>From</th><th>To</th><th>Expected</th><th>Evidence</th><th>Why</th></tr></thead>\n<tbody>\n",
        escaped_markup(exercise), style, escaped_markup(label), leaks == 0 ? "" : "bad",
        leaks == 0 ? "The range is closed." : "The range is not closed.", int_or(report, "probes"), leaks,
        int_or(report, "blocked"), int_or(report, "unknown"));
    for (const bool as_planned : {false, true})
        for (const auto& finding : array_or_empty(report, "findings"))
            if (finding.is_object() && (text_or(finding.get_object(), "outcome") == "as planned") == as_planned)
                out += row_of(finding.get_object());
    return out + "</tbody></table></div>\n</main>\n</body>\n</html>\n";
}

} // namespace testudo::isolation
