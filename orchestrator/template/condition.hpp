#pragma once
#include <string>
#include <vector>

#include "orchestrator/template/report.hpp"
#include "orchestrator/template/spanned.hpp"

namespace testudo::template_ {

// When something happens, as written:
//
//     T+5m                              at an exercise time
//     manual                            when a controller fires it
//     after advisory                    when that inject is complete;  3m after advisory  later than that
//     after advisory fired              when it was fired;  3m after advisory fired
//     phase recovery                    when that phase begins;  2m after phase recovery
//     defaced holds for 10m             an action's effect has been there that long;  defaced gone
//     check portal-answers down for 2m  a check of the team has that state;  check portal-answers ok
//     report incident                   the team has filed a report of that kind
//     score below 400                   the team's points;  score above 700
//
// and, as mappings, `all: [..]`, `any: [..]`, `not: ..`.
struct Condition {
    enum class Kind { none, at, after, phase, check, effect, report, score, manual, all, any, negation };
    Kind kind = Kind::none; // none: not given, or wrong and reported
    Millis time{0};
    Text ref;
    std::string what;
    std::int64_t milli = 0;
    std::vector<Condition> parts;
    std::string text; // as a controller reads it
    Span span;
};

Condition parse_condition(const Text& text, Diagnostics& out);

} // namespace testudo::template_
