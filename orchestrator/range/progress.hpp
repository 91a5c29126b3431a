#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/range/steps.hpp"

namespace testudo::range {

// What an operator sees while the range comes up.
struct Progress {
    std::size_t done = 0; // steps that came to an end, failed and skipped ones included
    std::size_t total = 0;
    std::size_t failed = 0;
    std::string last;                 // the step that ended last: "created container portal@north"
    std::vector<std::string> waiting; // what is being waited for, oldest first: "plc@north: its agent"
    Millis left{0};                   // rough
};
using OnProgress = std::function<void(const Progress&)>;

struct Failure {
    Step step;
    Error error; // in the hypervisor's or the agent's own words
};
// "portal@north: create-machine: libvirt.create: ..."
std::string describe(const Failure& failure);

struct Outcome {
    std::size_t changed = 0; // steps that changed something
    std::size_t kept = 0;    // steps that found everything as planned
    std::size_t skipped = 0; // steps that were not tried because one before them failed
    std::vector<Failure> failures;
    bool ok() const { return failures.empty(); }
};

// How long the rest will take: what each kind of step has taken so far, else what it took where we tried it.
class Estimate {
  public:
    void learn(const Step& step, Millis took);
    Millis expected(const Step& step) const;
    // `running` holds for how long a step has been running (negative: it has not begun); steps that ended are left out.
    Millis left(const std::vector<Step>& steps, const std::map<std::size_t, Millis>& running,
                const std::vector<bool>& ended) const;

  private:
    using Kind = std::pair<Step::Act, plan::MachineKind>;
    std::map<Kind, std::pair<Millis, int>> learnt_; // sum, count
};

} // namespace testudo::range
