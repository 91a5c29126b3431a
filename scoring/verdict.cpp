#include "scoring/verdict.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace testudo::scoring {
namespace {

bool is_hard(Probe p) {
    return p == Probe::fail || p == Probe::wrong;
}

int severity(Verdict v) {
    static constexpr std::array order = {Verdict::ok,   Verdict::pending,  Verdict::voided, Verdict::unknown,
                                         Verdict::held, Verdict::degraded, Verdict::faulty, Verdict::down};
    return static_cast<int>(std::find(order.begin(), order.end(), v) - order.begin());
}

} // namespace

Probe probe_from(std::string_view word) {
    if (word == "pass")
        return Probe::pass;
    if (word == "slow")
        return Probe::slow;
    if (word == "fail")
        return Probe::fail;
    if (word == "wrong")
        return Probe::wrong;
    return Probe::error;
}

std::string_view word_of(Verdict verdict) {
    switch (verdict) {
    case Verdict::pending:
        return "pending";
    case Verdict::ok:
        return "ok";
    case Verdict::degraded:
        return "degraded";
    case Verdict::down:
        return "down";
    case Verdict::faulty:
        return "faulty";
    case Verdict::unknown:
        return "unknown";
    case Verdict::held:
        return "held";
    case Verdict::voided:
        return "void";
    }
    return "unknown";
}

bool is_bad(Verdict verdict) {
    return verdict == Verdict::degraded || verdict == Verdict::down || verdict == Verdict::faulty;
}

Verdict worse(Verdict a, Verdict b) {
    return severity(a) >= severity(b) ? a : b;
}

Verdict judge(const std::vector<Probe>& attempts, int confirm_failures, int confirm_of) {
    if (attempts.empty())
        return Verdict::pending;
    if (attempts[0] == Probe::pass)
        return Verdict::ok;
    if (attempts[0] == Probe::error)
        return Verdict::unknown;
    const auto count = [&](auto matches) {
        return static_cast<int>(std::count_if(attempts.begin() + 1, attempts.end(), matches));
    };
    const int hard = count(is_hard);
    const int bad = hard + count([](Probe p) { return p == Probe::slow; });
    const int errors = count([](Probe p) { return p == Probe::error; });
    const int left = std::max(0, confirm_of - static_cast<int>(attempts.size() - 1));
    const int k = std::min(confirm_failures, confirm_of);
    const bool first_hard = is_hard(attempts[0]);
    if (first_hard && hard >= k) {
        const auto last = *std::find_if(attempts.rbegin(), attempts.rend(), is_hard);
        return last == Probe::wrong ? Verdict::faulty : Verdict::down;
    }
    if (first_hard && hard + left >= k)
        return Verdict::pending;
    if (bad >= k)
        return Verdict::degraded;
    if (bad + left >= k)
        return Verdict::pending;
    return bad + errors >= k ? Verdict::unknown : Verdict::ok;
}

} // namespace testudo::scoring
