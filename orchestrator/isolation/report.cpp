#include "orchestrator/isolation/report.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace testudo::isolation {

std::size_t Report::count(Finding::Outcome outcome) const {
    return static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(), [outcome](const Finding& f) { return f.outcome == outcome; }));
}

std::string_view word_of(Finding::Outcome outcome) {
    switch (outcome) {
    case Finding::Outcome::as_planned:
        return "as planned";
    case Finding::Outcome::leak:
        return "leak";
    case Finding::Outcome::blocked:
        return "blocked";
    case Finding::Outcome::unknown:
        break;
    }
    return "unknown";
}

json::object to_json(const Report& report) {
    json::array findings;
    for (const auto& [probe, outcome, evidence] : report.findings) {
        json::object finding{{"kind", word_of(probe.kind)},
                             {"outcome", word_of(outcome)},
                             {"from", probe.from},
                             {"to", probe.to},
                             {"expected", probe.open() ? "open" : "closed"},
                             {"why", probe.why},
                             {"evidence", evidence}};
        if (!probe.address.empty()) {
            finding["address"] = probe.address;
            finding["port"] = probe.port;
        }
        findings.push_back(std::move(finding));
    }
    return {{"probes", report.findings.size()},
            {"leaks", report.count(Finding::Outcome::leak)},
            {"blocked", report.count(Finding::Outcome::blocked)},
            {"unknown", report.count(Finding::Outcome::unknown)},
            {"findings", std::move(findings)}};
}

std::string describe(const json::object& finding) {
    const auto address = text_or(finding, "address");
    const auto port = int_or(finding, "port");
    const auto where =
        address.empty() ? "" : fmt::format(" ({}{})", address, port ? fmt::format(" port {}", port) : "");
    return fmt::format("{}: {} to {}{}: {} ({})", text_or(finding, "outcome"), text_or(finding, "from"),
                       text_or(finding, "to"), where, text_or(finding, "evidence"), text_or(finding, "why"));
}

std::string as_text(const json::object& report, std::string_view exercise) {
    const auto leaks = int_or(report, "leaks");
    auto out = fmt::format("{}: {}: {} probes, {} leaks, {} blocked, {} unknown\n", exercise,
                           leaks == 0 ? "the range is closed" : "THE RANGE IS NOT CLOSED", int_or(report, "probes"),
                           leaks, int_or(report, "blocked"), int_or(report, "unknown"));
    for (const auto& finding : array_or_empty(report, "findings"))
        if (finding.is_object() && text_or(finding.get_object(), "outcome") != "as planned")
            out += "  " + describe(finding.get_object()) + "\n";
    return out;
}

} // namespace testudo::isolation
