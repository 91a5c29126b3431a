#include "orchestrator/template/report.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>

namespace testudo::template_ {
namespace {

// Enough for any person, and little enough to be sorted and told at once, whatever a text holds.
constexpr std::size_t most_kept = 5'000; // before those that say the same are dropped
constexpr std::size_t most_told = 1'000;

Diagnostic too_many(const Span& span) {
    Diagnostic d;
    d.code = "T0114";
    d.span = span;
    d.message = fmt::format("there is more wrong than these {}; the rest is not told", most_told);
    d.hint = "mend these first; one mistake near the top often makes many";
    return d;
}

Diagnostic& add(Diagnostics& out, Severity severity, std::string code, Span span, std::string message,
                std::string hint) {
    if (out.size() == most_kept)
        out.push_back(too_many(span));
    if (out.size() > most_kept) {
        static thread_local Diagnostic dropped;
        return dropped = {};
    }
    Diagnostic d;
    d.code = std::move(code);
    d.severity = severity;
    d.span = std::move(span);
    d.message = std::move(message);
    d.hint = std::move(hint);
    out.push_back(std::move(d));
    return out.back();
}

} // namespace

Diagnostic& error(Diagnostics& out, std::string code, Span span, std::string message, std::string hint) {
    return add(out, Severity::error, std::move(code), std::move(span), std::move(message), std::move(hint));
}

Diagnostic& warn(Diagnostics& out, std::string code, Span span, std::string message, std::string hint) {
    return add(out, Severity::warning, std::move(code), std::move(span), std::move(message), std::move(hint));
}

std::string suggest(std::string_view word, const std::vector<std::string>& candidates) {
    if (const auto near = nearest(word, candidates); !near.empty())
        return fmt::format("did you mean `{}`?", near);
    if (candidates.empty() || candidates.size() > 24)
        return "";
    return fmt::format("known here: {}", fmt::join(candidates, ", "));
}

bool has_errors(const Diagnostics& diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& d) { return d.severity == Severity::error; });
}

void arrange(Diagnostics& diagnostics, const std::string& first_file) {
    const auto key = [&first_file](const Diagnostic& d) {
        const auto name = d.span.file ? d.span.file->name : std::string();
        return std::tuple(name != first_file, name, d.span.begin, d.code, d.hint);
    };
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    // One mistake in what every team has shows once per team; the first team's copy tells it all.
    diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end(),
                                  [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); }),
                      diagnostics.end());
    if (diagnostics.size() <= most_told)
        return;
    diagnostics.resize(most_told);
    const auto last = diagnostics.back().span;
    diagnostics.push_back(too_many(last));
}

} // namespace testudo::template_
