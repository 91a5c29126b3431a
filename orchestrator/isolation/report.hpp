#pragma once
#include <string>
#include <vector>

#include "orchestrator/core/json.hpp"
#include "orchestrator/isolation/probes.hpp"

namespace testudo::isolation {

struct Finding {
    enum class Outcome {
        as_planned,
        leak,    // something answered that must not
        blocked, // nothing answered where a way should be open
        unknown, // nobody could be asked
    };
    Probe probe;
    Outcome outcome = Outcome::unknown;
    std::string evidence; // "refused at 198.18.12.80 port 80"
};

struct Report {
    std::vector<Finding> findings;
    std::size_t count(Finding::Outcome outcome) const;
};

std::string_view word_of(Finding::Outcome outcome);

// {probes, leaks, blocked, unknown, findings: [...]}: the body of the event `isolation.checked`, but for who asked.
json::object to_json(const Report& report);

// Of such a body. One line for each finding that is not as planned, after one with the counts.
std::string as_text(const json::object& report, std::string_view exercise);
// One line of it: "leak: portal@north reaches db@south (198.18.12.30 port 5432): accepted".
std::string describe(const json::object& finding);
// A page of its own, with every finding.
std::string as_page(const json::object& report, std::string_view exercise, std::string_view label);

} // namespace testudo::isolation
