#include "orchestrator/cli/progress_line.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace testudo::cli {
namespace {

std::string line_of(const range::Progress& p) {
    auto line = fmt::format("[{}/{}] {}", p.done, p.total, p.last);
    if (!p.waiting.empty()) {
        line += fmt::format("; waiting for {}", p.waiting.front());
        if (p.waiting.size() > 1)
            line += fmt::format(" and {} more", p.waiting.size() - 1);
    }
    if (p.done < p.total)
        line += fmt::format("; about {} s left", std::chrono::ceil<std::chrono::seconds>(p.left).count());
    return line;
}

} // namespace

ProgressLine::ProgressLine(const Clock& clock) : clock_(clock), terminal_(isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    if (terminal_ && shown_)
        fmt::print(stderr, "\n");
}

void ProgressLine::show(const range::Progress& progress) {
    const auto now = clock_.steady();
    const bool last = progress.done == progress.total;
    if (terminal_) {
        fmt::print(stderr, "\r\033[K{:.150}", line_of(progress));
        std::fflush(stderr);
    } else if (!shown_ || last || now - last_ >= std::chrono::seconds(progress.done != last_done_ ? 2 : 15)) {
        fmt::print(stderr, "{}\n", line_of(progress));
        last_ = now;
        last_done_ = progress.done;
    }
    shown_ = true;
}

void print_failures(const range::Outcome& outcome, const std::string& command) {
    for (const auto& failure : outcome.failures)
        fmt::print(stderr, "testudo: {}\n", range::describe(failure));
    if (outcome.skipped > 0)
        fmt::print(stderr, "testudo: {} steps that depend on these were not tried\n", outcome.skipped);
    fmt::print(stderr, "testudo: what succeeded stays; go on with `{}`\n", command);
}

} // namespace testudo::cli
