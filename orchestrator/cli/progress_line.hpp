#pragma once
#include <string>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/range/progress.hpp"

namespace testudo::cli {

// Shows on standard error how provisioning goes on: one line that renews itself on a terminal, a line every few seconds
// elsewhere.
class ProgressLine {
  public:
    explicit ProgressLine(const Clock& clock);
    ~ProgressLine();
    void show(const range::Progress& progress);

  private:
    const Clock& clock_;
    bool terminal_;
    bool shown_ = false;
    SteadyTime last_{};
    std::size_t last_done_ = 0;
};

// The failures and what to do about them, for standard error; the command is the one to go on with.
void print_failures(const range::Outcome& outcome, const std::string& command);

} // namespace testudo::cli
