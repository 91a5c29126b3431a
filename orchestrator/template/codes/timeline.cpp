#include "orchestrator/template/codes/codes.hpp"

namespace testudo::template_ {

std::vector<Code> timeline_codes() {
    return {
        {"T0902", "a condition that is not understood",
         "A condition is one of the forms that docs/template.md lists under `when`.",
         "Write for example `T+5m`, `3m after advisory`, `defaced holds for 10m` or `manual`.", "when-broken"},
        {"T0903", "there is no such message or action, in a condition",
         "`after`, `holds` and `gone` speak of entries of the timeline.", "Take the name that the hint proposes.",
         "when-references"},
        {"T0904", "messages or actions that wait for each other", "None of them could ever fire.",
         "Give one of them a time, or another condition.", "when-cycle"},
        {"T0905", "there is no such check, in a condition", "`check NAME` speaks of an entry of `checks:`.",
         "Take the name that the hint proposes.", "when-references"},
        {"T0906", "there is no such phase, in a condition", "`phase NAME` speaks of an entry of `phases:`.",
         "Take the name that the hint proposes.", "when-references"},
        {"T0907", "a condition on a report that no message expects",
         "Teams file only the kinds of report that some message expects.",
         "Take the kind that the hint proposes, or let a message expect it.", "when-references"},
        {"T0908", "there is no such machine or service to act on",
         "An action reaches machines of this range and nothing else: no address, no name from outside can be given.",
         "Take the name that the hint proposes.", "action-parts"},
        {"T0909", "not an ATT&CK technique", "A technique is T and four digits, and maybe a point and three more.",
         "Write T1491 or T1491.002.", "action-parts"},
        {"T0910", "an action on a machine that belongs to no team",
         "What an action does is a team's to find and to repair.", "Act on a machine that is `per: team`.",
         "action-parts"},
        {"T0911", "an action without a machine that does it, or with one where none is wanted",
         "Some actions are done on the target itself, as a planted implant would; others by a machine that attacks it.",
         "Add `by: MACHINE`, or leave it out, as the message says.", "action-parts"},
        {"T0912", "something is expected of an effect, but the action leaves none",
         "An action such as a beacon is over when it is done: nothing holds, and nothing can be undone.",
         "Write `after NAME` instead of `NAME holds`, or drop `restore:` and `impact:`.", "action-parts"},
        {"T0913", "not a blue team", "Messages and actions go to teams that defend.",
         "Write `to: blue`, or the names of blue teams.", "inject-parts"},
        {"T0914", "something that happens after the end", "Exercise time stops at ENDEX, so it would never happen.",
         "Bring it forward, or lengthen `duration:`.", "when-references"},
        {"T0915", "no way from the acting machine to its target", "No routers join their networks over that family.",
         "Choose another machine for `by:`, another `family:`, or add a router.", "action-parts"},
        {"T0916", "more than agents will do",
         "Agents guess at most 20 passwords and try at most 1024 pairs of address and port.",
         "Name fewer passwords or ports, or one machine instead of a network.", "action-parts"},
        {"T1171", "a router's rules stop the action", "It could only fail, on every team's range and at any time.",
         "Add a rule that lets it through, as the way in that the attackers found, or remove the `deny`.",
         "action-blocked"},
    };
}

} // namespace testudo::template_
