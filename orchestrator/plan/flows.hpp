#pragma once
#include <optional>

#include "orchestrator/plan/paths.hpp"
#include "orchestrator/plan/rules.hpp"

namespace testudo::plan {

// A router that stops a connection, and the rule that says so; none: no rule lets it through.
struct Stop {
    std::size_t router;
    const RuleDraft* rule = nullptr;
};

// What stops a connection of machine `from`, whose paths are given, to that address on that segment.
std::optional<Stop> stop_of(const Draft& draft, const Paths& paths, std::size_t from, std::size_t segment,
                            const Address& to, const std::string& protocol, int port);

// The segment that an address is on, among those that are reached.
std::optional<std::size_t> segment_with(const Draft& draft, const Paths& paths, const Address& address);

} // namespace testudo::plan
