#pragma once
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/rehearse/rehearsal.hpp"

// What all forms of the report say in the same words.
namespace testudo::rehearse {

// When an inject fired for its teams in one run.
struct Fired {
    std::size_t teams = 0; // that it fired for
    std::size_t of = 0;    // that it is for
    std::int64_t first_ms = -1;
    std::int64_t last_ms = -1;
    std::string why; // of its last firing: "its time", "its condition", "by hand"; or why it did not fire for the first
                     // team that it did not fire for
};
std::vector<Fired> fired_in(const Rehearsal& rehearsal, const Run& run); // by inject

// "T+00:05:00", "T+00:05:00 - T+00:07:10, 2 of 3 teams", "never".
std::string text_of(const Fired& fired);

struct Spread { // of the teams of one run, in milli-points
    std::int64_t least = 0;
    std::int64_t mean = 0;
    std::int64_t most = 0;
};
Spread total_of(const Run& run);
Spread contribution_of(const Run& run, const std::string& category);
// What a team can lose at most in the category, by what is at stake there; the weight is what that is scaled to.
std::int64_t at_stake(const Run& run, const std::string& category);

// Injects that did not fire, with the teams for which the reason is the same.
struct Missed {
    std::size_t inject = 0;
    std::vector<std::string> teams;
    std::string why;
};
std::vector<Missed> missed_in(const Run& run);

// What such users got in each rehearsal ("98.2 %"; "-" where nothing could be judged), and the teams of which that is
// true, those with the least first.
struct ServedAlike {
    std::vector<std::string> shares; // by run
    std::vector<std::string> teams;
};
std::vector<ServedAlike> served_alike(const Rehearsal& rehearsal, const std::string& users);

// "812.5", always with one digit.
std::string points(std::int64_t milli);
// "1h30m", "45s"; whole seconds where there are any.
std::string duration_text(std::int64_t ms);
std::string teams_text(const Rehearsal& rehearsal, const std::vector<std::string>& teams);

// What an author should look at first, the most serious first; empty if nothing.
std::vector<std::string> remarks(const Rehearsal& rehearsal);
// What the rehearsal took for granted.
std::vector<std::string> assumptions(const Rehearsal& rehearsal);

} // namespace testudo::rehearse
