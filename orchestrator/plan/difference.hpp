#pragma once
#include <string>
#include <vector>

#include "orchestrator/plan/plan.hpp"

namespace testudo::plan {

// What `testudo up` would have to do about a change, the least first.
enum class Consequence {
    nothing,      // on the range; only the controller and the scoring see it
    personalised, // the agent is told something else; `up` makes the machine anew for it, as only a fresh one is known
                  // to be as planned
    machine,      // what the hypervisor is told changes: the machine is made anew
    network       // the network is made anew, with all that is plugged into it
};
std::string_view word_of(Consequence consequence);

// One thing of the exercise that two plans do not have in common.
struct Difference {
    enum class Kind { added, removed, changed };
    struct Member { // the reason: what of it is another
        std::string path;
        json::value from; // null if it was not there
        json::value to;   // null if it is there no more
        Consequence consequence = Consequence::nothing;
        bool operator==(const Member&) const = default;
    };
    std::string object; // "exercise", "group", "team", "host", "segment", "machine", "rule", "check", "column",
                        // "phase", "inject", "score"
    std::string id;
    Kind kind = Kind::changed;
    Consequence consequence = Consequence::nothing;
    std::vector<Member> members; // of what changed
};

// Pure; in the order of the list above, what was removed first, then as in `to`. Equal plans give an empty list.
std::vector<Difference> difference(const Plan& from, const Plan& to);

// What `testudo diff` prints. What is the same for several teams is told once.
std::string describe(const std::vector<Difference>& differences);
json::array describe_json(const std::vector<Difference>& differences);

} // namespace testudo::plan
