#include "orchestrator/template/codes/codes.hpp"

namespace testudo::template_ {

std::vector<Code> judging_codes() {
    return {
        // --- checks
        {"T0801", "there is no such vantage or network to check from",
         "`from:` names a machine with `role: vantage`, or a network where one stands.",
         "Take the name that the hint proposes.", "check-parts"},
        {"T0802", "there is no such machine or service to check",
         "`of:` names a machine, or a machine and one of its services.", "Take the name that the hint proposes.",
         "check-parts"},
        {"T0803", "a check of something that not every team has",
         "Only what teams defend is scored, and all teams are asked the same.", "Check a machine that is `per: team`.",
         "check-parts"},
        {"T0804", "no check fits",
         "There is no check for the protocol of that service, or the check's type asks a service and the machine alone "
         "is named.",
         "Name a service (`of: portal.web`), or give the check a `type:`.", "check-parts"},
        {"T0805", "not a rule of confirmation", "It is `K of N`, with K from 1 to N and N at most 10.",
         "Write `2 of 3`: a failure counts when 2 of 3 further tries fail too.", "check-parts"},
        {"T0806", "not a vantage, or a network without one",
         "Checks start from machines that no team controls, or a team could fake their answers.",
         "Give a machine there `role: vantage`, or name another.", "check-parts"},
        {"T0807", "the checked machine has no address of that family", "It stands on no network of that family.",
         "Give the network the other family, or ask over the one that it has.", "check-parts"},
        {"T0808", "no way from the vantage to the checked machine",
         "No routers join their networks, so the check could never be good.",
         "Put a router between their networks, or check from a vantage that is nearer.", "check-no-way"},
        {"T0809", "a router's rules stop the check",
         "The check would be red from the first minute, through no fault of a team.",
         "Add the rule that the hint shows, or remove the `deny` that the message names.", "check-blocked"},
        {"T0810", "warning: a check without a reference twin",
         "A twin asks the reference copy the same; when that fails too, the fault is ours and costs nobody points.",
         "Add a shared machine with `role: reference` that serves the same, within reach of a shared vantage.",
         "check-no-twin"},

        // --- scoring
        {"T1001", "weights that do not add up to 1000 points",
         "All exercises share 1000 points, so that scores can be compared.",
         "Change the weights; the message says what they add up to.", "scoring-weights"},
        {"T1002", "there is no such category", "Points are earned in availability, impact, restoration and reports.",
         "Take the name that the hint proposes.", "scoring-unknown"},
        {"T1003", "warning: points that nobody can get",
         "A category has a weight, but nothing in the template earns points in it.",
         "Add a check, an impact, a restoration or an expected report, or give the weight to another category.",
         "scoring-unearned"},
    };
}

} // namespace testudo::template_
