#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/import/draft.hpp"
#include "orchestrator/import/reading.hpp"

// Parts of the reader of Open Cyber Range's SDL.
namespace testudo::import_ {

// The teams that entities became, by their full names ("blue-team.alice").
struct Entities {
    std::map<std::string, std::string> titles;
    std::map<std::string, std::size_t> teams;
    std::map<std::string, std::vector<std::size_t>> of_events; // the blue teams that name an event
};
Entities read_entities(Item& scenario, Reading& in, Draft& draft);

// Stories, scripts, events and injects become messages.
void read_stories(Item& scenario, const Entities& entities, Reading& in, Draft& draft);

// Metrics that people judge become messages that expect a report.
void read_metrics(Item& scenario, Reading& in, Draft& draft);

// The child with exactly this name.
Item* named(Item* section, const std::string& name);

} // namespace testudo::import_
