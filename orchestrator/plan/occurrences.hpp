#pragma once
#include <map>
#include <string>
#include <vector>

#include "orchestrator/plan/draft.hpp"
#include "orchestrator/plan/loop_scope.hpp"

// The injects of a template one by one: what is repeated is written out, and the ways of a choice exclude each other.
namespace testudo::plan {

struct Occurrence {
    template_::InjectSpec spec; // its name, its condition and what else others refer to are evaluated
    Bindings bindings;          // for the texts that are evaluated for each team
    bool while_time = false;    // repeated as long as there is time: left out where there is none
};

struct Occurrences {
    std::vector<Occurrence> all;
    // Names in the template that stand for several injects, and the first of them.
    std::map<std::string, std::string> families;
};

Occurrences written_out(Draft& draft);

} // namespace testudo::plan
