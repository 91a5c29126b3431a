#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/core/error.hpp"
#include "orchestrator/exercise/users.hpp"
#include "orchestrator/rehearse/behaviour.hpp"

namespace testudo::rehearse {

struct Firing {             // of one inject for one team
    std::size_t inject = 0; // position in plan.injects
    std::string team;
    std::int64_t at_ms = 0;
    std::string cause; // "time", "condition", "manual"
};

struct Spell { // one time that an effect held
    std::size_t inject = 0;
    std::string team;
    std::string machine;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = -1; // -1: still at ENDEX
};

struct Awaited { // a report that a message asks of one team
    std::size_t inject = 0;
    std::string team;
    std::int64_t asked_ms = 0;
    std::int64_t due_ms = 0;
    std::int64_t filed_ms = -1;
    std::int64_t graded_ms = -1; // may be after ENDEX, as if time had gone on
};

struct Unfired {
    std::size_t inject = 0;
    std::string team;
    std::string why;
};

struct Failed { // acts that were tried and did not succeed
    std::size_t inject = 0;
    std::string team;
    std::string why;
};

struct UsersServed { // what users of a team got
    std::string users;
    std::string team;
    exercise::Served got;
};

struct Line { // of one category
    std::int64_t milli = 0;
    std::int64_t max_milli = 0;
    std::int64_t contributes_milli = 0;
};

struct TeamScore {
    std::string team;
    std::int64_t total_milli = 0;
    std::map<std::string, Line> categories;
    std::vector<std::pair<std::int64_t, std::int64_t>> history; // exercise time, total
};

// What came of one rehearsal, in the order in which it happened.
struct Run {
    Behaviour behaviour = Behaviour::perfect;
    std::size_t events = 0;
    std::vector<Firing> firings;
    std::vector<Spell> spells;
    std::vector<Awaited> awaited;
    std::vector<Unfired> unfired;
    std::vector<Failed> failed;
    std::vector<TeamScore> scores; // in the order of the plan
    std::vector<UsersServed> users;
};

// Plays a plan from STARTEX to ENDEX in virtual time, with the engine and the scoring of a real exercise.
Result<Run> play(const plan::Plan& plan, Behaviour behaviour);

} // namespace testudo::rehearse
