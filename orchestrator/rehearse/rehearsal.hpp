#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "orchestrator/rehearse/pace.hpp"
#include "orchestrator/rehearse/run.hpp"

namespace testudo::rehearse {

struct Phase {
    std::string title;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
};

struct Never { // fired for no team that it is for, in none of the rehearsals
    std::size_t inject = 0;
    std::string why; // in the last rehearsal
};

struct Collision { // two effects on one machine of one team at the same time: each may hide the other
    std::size_t first = 0;
    std::size_t second = 0;
    std::vector<std::string> machines;
    std::int64_t at_ms = 0;      // the earliest of them
    std::int64_t longest_ms = 0; // that both held
};

struct Stretch { // of one team
    std::string team;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    std::size_t count = 0; // injects in it
};

struct Hours {                                  // one bucket of time
    std::map<std::string, std::size_t> injects; // by team
    struct Work {
        std::size_t by_hand = 0;
        std::size_t arrived = 0; // reports
        std::size_t waiting = 0; // reports unread at its end
        std::int64_t reading_ms = 0;
    };
    std::map<std::string, Work> controllers;
};

struct Reports {
    std::size_t asked = 0;
    std::size_t in_time = 0;
    std::size_t late = 0;
    std::size_t missing = 0;
    std::size_t graded_after_endex = 0;
};

struct Findings { // of one run
    std::vector<Collision> collisions;
    std::vector<Stretch> crowded;
    std::vector<Stretch> quiet;         // longer than quiet_after
    std::vector<Stretch> longest_quiet; // one per team: the longest without an inject
    std::vector<Hours> load;
    Reports reports;
};

struct Rehearsal {
    plan::Plan plan; // as it would be run
    Pace pace;
    std::vector<Run> runs;
    std::vector<Findings> findings; // of each run
    std::vector<Phase> phases;
    std::vector<Never> never;
    std::vector<std::pair<std::size_t, std::int64_t>> by_hand; // injects that need a controller, and when they got one
    std::int64_t bucket_ms = 0;
    std::int64_t crowd_ms = 0; // width of what is looked at for crowds
    std::int64_t quiet_after_ms = 0;
};

// About so many probes are made in one rehearsal at most.
inline constexpr std::size_t most_probes = 200'000;

Result<Rehearsal> rehearse(const plan::Plan& plan, const std::vector<Behaviour>& behaviours);

// For terminals, for programs, and one self-contained page for people.
std::string to_text(const Rehearsal& rehearsal);
json::object to_json(const Rehearsal& rehearsal);
std::string to_html(const Rehearsal& rehearsal);

} // namespace testudo::rehearse
