#include "orchestrator/template/codes/codes.hpp"

namespace testudo::template_ {

std::vector<Code> happening_codes() {
    constexpr auto sometimes = Code::InSchema::sometimes;
    return {
        {"T1201", "a timeline of more than 20,000 injects",
         "`each` and `repeat` make many injects of one entry, and combinations multiply. Nobody leads an exercise with "
         "so many.",
         "Repeat less often, or give `repeat:` its `times` or `until`.", "repeat-too-many"},
        {"T1202", "a list to repeat something for, without anything in it",
         "The entry would happen for each of nothing, so never.", "Put something into the list, or remove `each:`.",
         "repeat-parts", sometimes},
        {"T1203", "not a range of numbers",
         "A range is two whole numbers with two points between, the smaller one first.", "Write 1..12.", "repeat-parts",
         sometimes},
        {"T1204", "a name for the values of `each` that has a meaning already",
         "`item`, `number`, `round`, `index`, `nation`, `team` and `exercise` mean something in every expression.",
         "Choose another name.", "repeat-parts"},
        {"T1205", "not a language", "Languages are known by two small letters, as in ISO 639.",
         "Write en, fr, et and so on; the text of a message is a text, `{ file: NAME }`, or texts by language.",
         "message-parts", sometimes},
        {"T1206", "a way of a choice that is repeated",
         "A choice is made once for each team, and one of its ways is taken.",
         "Take `each:` or `repeat:` away, or write one choice for each.", "choice-parts"},
        {"T1207", "`otherwise` anywhere but in the last way of a choice",
         "It means that no way above it was taken; ways below it could never be.",
         "Let it be the last under `choose:`, or write a condition.", "choice-parts"},
        {"T1208", "a repetition or a check more than once in a second",
         "Nobody could follow it, and machines have other work.", "Give `every:` at least 1s.", "repeat-parts"},
        {"T1209", "something that can never happen",
         "Its condition contradicts itself, comes true only after the end, asks for a score that no team can have, or "
         "waits "
         "for what cannot be. The message says which.",
         "Change the condition that the message names, or remove the entry.", "when-never"},
        {"T1210", "a name that stands for several injects, where one is meant",
         "An entry with `each` or `repeat` makes injects with names of their own.",
         "Name one of them, `NAME-1`; in an entry that is repeated likewise, `NAME-{{ number }}`.", "repeat-parts"},
        {"T1211", "there is no such role", "Somebody must be responsible for every inject, and be known to be.",
         "Declare it under `roles:`, or take the name that the hint proposes.", "message-parts"},
        {"T1212", "there is no such objective", "Where objectives are declared, injects train these and no others.",
         "Declare it under `objectives:`, or take the name that the hint proposes.", "message-parts"},
        {"T1213", "warning: an objective that nothing trains",
         "It was declared, but no message and no action names it.",
         "Name it with `objective:` where it is trained, or remove it.", "message-parts"},
        {"T1214", "a subject and a body in different languages",
         "A team would read the one in its language and the other in another.",
         "Give both in the same languages, or one of them once for all.", "message-parts"},
        {"T1215", "a pause of a check that is over before it begins", "It would pause nothing.",
         "Exchange `from` and `to`, or correct one of them.", "check-judging"},
        {"T1216", "there is no such pool of accounts",
         "`accounts: NAME` speaks of an entry of `accounts:` with somebody in it.",
         "Take the name that the hint proposes.", "check-judging"},
        {"T1217", "accounts for a check that does not sign in",
         "Only checks that ask for a user and a password use accounts.", "Take `accounts:` away.", "check-judging"},
        {"T1218", "warning: something that waits for what is not approved",
         "Drafts and proposals never fire, so what comes after one never does either, as long as it is one.",
         "Write `approval: approved`, or take `draft: true` away, when it is.", "when-never"},
    };
}

} // namespace testudo::template_
