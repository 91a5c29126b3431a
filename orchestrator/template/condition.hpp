#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/template/report.hpp"
#include "orchestrator/template/spanned.hpp"

namespace testudo::template_ {

// When something happens, as written:
//
//     T+5m                              at an exercise time; also STARTEX+5m, ENDEX-30m, day-2 + 1h, day-2
//     manual                            when a controller fires it
//     after advisory                    when that inject is complete;  3m after advisory  later than that
//     after advisory fired              when it was fired;  3m after advisory fired
//     after guessed failed              when it was tried and did not succeed
//     phase recovery                    when that phase begins;  2m after phase recovery
//     defaced holds for 10m             an action's effect has been there that long;  defaced gone
//     check portal-answers down for 2m  a check of the team has that state;  check portal-answers ok
//     report incident                   the team has filed a report of that kind
//     report incident graded below 50%  such a report was graded;  graded above 80%
//     score below 400                   the team's points;  score above 700
//     otherwise                         the last way of a `choose`, when no other is taken
//
// and, as mappings, `all: [..]`, `any: [..]`, `not: ..`. Under `at:` also `recovery + 10m`, with the name of a phase.
struct Condition {
    // open: holds expressions, so that it can only be read once they are evaluated.
    enum class Kind {
        none, // not given, or wrong and reported
        at,
        after,
        phase,
        check,
        effect,
        report,
        grade,
        score,
        manual,
        otherwise,
        all,
        any,
        negation,
        open
    };
    Kind kind = Kind::none;
    Millis time{0}; // of `at` and `phase` it may be negative
    Text ref;       // of `at`: "ENDEX", "day-2", or nothing, which is STARTEX
    std::string what;
    std::int64_t milli = 0;
    std::vector<Condition> parts;
    std::string text; // as a controller reads it
    Span span;
};

Condition parse_condition(const Text& text, Diagnostics& out);
// What may stand under `at:`; nothing, and no error, for a text that is no such thing.
std::optional<Condition> parse_moment(const Text& text, Diagnostics& out);

// `parts` joined by a word, or one negated; `text` is made from theirs.
Condition combined(Condition::Kind kind, std::vector<Condition> parts, Span span);

// The condition with its expressions evaluated by `evaluate`, which gives nothing when it has complained.
using Evaluate = std::function<std::optional<std::string>(const Text&)>;
Condition resolved(const Condition& condition, const Evaluate& evaluate, Diagnostics& out);

} // namespace testudo::template_
