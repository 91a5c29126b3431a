#include "orchestrator/range/progress.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace testudo::range {
namespace {

// Steps of one kind that make headway side by side on a small host.
constexpr int side_by_side = 4;

Millis first_guess(const Step& step) {
    const bool vm = step.kind == plan::MachineKind::vm;
    switch (step.act) {
    case Step::Act::remove_machine:
        return Millis(vm ? 600 : 300);
    case Step::Act::remove_network:
    case Step::Act::create_network:
    case Step::Act::join_network:
        return Millis(60);
    case Step::Act::create_machine:
        return Millis(vm ? 1'000 : 200);
    case Step::Act::make_ready:
        return Millis(vm ? 30'000 : 4'000);
    case Step::Act::keep_machine:
        return Millis(vm ? 1'500 : 200);
    }
    throw std::logic_error("unknown act");
}

} // namespace

std::string describe(const Failure& failure) {
    return fmt::format("{}: {}: {}: {}", failure.step.object, name_of(failure.step.act), failure.error.code,
                       failure.error.message);
}

void Estimate::learn(const Step& step, Millis took) {
    auto& [sum, count] = learnt_[{step.act, step.kind}];
    sum += took;
    ++count;
}

Millis Estimate::expected(const Step& step) const {
    const auto it = learnt_.find({step.act, step.kind});
    return it == learnt_.end() ? first_guess(step) : it->second.first / it->second.second;
}

Millis Estimate::left(const std::vector<Step>& steps, const std::map<std::size_t, Millis>& running,
                      const std::vector<bool>& ended) const {
    Millis work{0};
    Millis longest{0};
    std::vector<Millis> chain(steps.size(), Millis(0)); // time until the step's end, along its dependencies
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (ended[i])
            continue;
        auto mine = expected(steps[i]);
        if (const auto it = running.find(i); it != running.end())
            mine = std::max(mine - it->second, mine / 10);
        for (const auto before : steps[i].after)
            chain[i] = std::max(chain[i], chain[before]);
        chain[i] += mine;
        longest = std::max(longest, chain[i]);
        work += mine;
    }
    return std::max(longest, work / side_by_side);
}

} // namespace testudo::range
