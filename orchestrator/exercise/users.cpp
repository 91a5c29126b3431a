#include "orchestrator/exercise/users.hpp"

namespace testudo::exercise {

Served served(const Projection& projection, const std::string& users, const std::string& team) {
    const auto& checks = projection.plan().checks;
    Served out;
    std::int64_t good_halves = 0;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        if (checks[i].users != users || checks[i].team != team)
            continue;
        const auto& tally = projection.scores().tally(i);
        out.asked += tally.scored;
        good_halves += tally.good_halves;
    }
    if (out.asked > 0)
        out.milli = good_halves * 500 / out.asked;
    return out;
}

} // namespace testudo::exercise
