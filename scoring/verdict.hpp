#pragma once
#include <string_view>
#include <vector>

namespace testudo::scoring {

// What one probe came back with. `error` is ours: the vantage, not the team, failed.
enum class Probe { pass, slow, fail, wrong, error };
// Unknown words are read as `error`: what we do not understand is never charged.
Probe probe_from(std::string_view word);

// What a window says about a team. The first three of the second row leave numerator and denominator alike.
enum class Verdict {
    pending,
    ok,
    degraded,
    down,
    faulty,
    unknown, // we could not tell
    held,    // waits for the white team's ruling
    voided   // the reference failed too, or the white team ruled so
};
std::string_view word_of(Verdict verdict); // as in docs/views.md: "void" for voided
bool is_bad(Verdict verdict);              // degraded, down, faulty: costs something unless held or void
// For the scoreboard, the worse of two; see severity order in verdict.cpp.
Verdict worse(Verdict a, Verdict b);

// Confirm before charging (design rule "a failure counts only after k of n re-checks"). attempts[0] is the scheduled
// probe, the others are re-checks. A failed first attempt is charged when k re-checks fail as well; `slow` counts as
// bad, but not as failed. `pending` means that another re-check is needed. What errors of ours kept from being decided
// is `unknown`.
Verdict judge(const std::vector<Probe>& attempts, int confirm_failures, int confirm_of);

} // namespace testudo::scoring
