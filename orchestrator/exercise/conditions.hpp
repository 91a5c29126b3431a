#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/exercise/state.hpp"
#include "scoring/fold.hpp"

namespace testudo::exercise {

// When injects may fire. A condition on something that comes and goes (a check's state, an effect, a score) that was
// once true stays true: these are remembered as events pass. `not` is never remembered.
class Conditions {
  public:
    explicit Conditions(std::shared_ptr<const plan::Plan> plan);

    // Whose checks, effects and injects an event may have changed.
    struct Turn {
        bool all = false;
        std::vector<std::string> teams;
        bool none() const { return !all && teams.empty(); }
    };

    // Remembers what has become true by `now_ms`. To be called before (with no turn) and after each event is folded.
    void observe(const State& state, const scoring::Scores& scores, std::int64_t now_ms, const Turn& turn);
    // True while a score may still make something true: then every event may.
    bool watches_scores() const { return !scores_.empty(); }

    // The exercise time at which the inject's condition became or, if nothing else happens, will become true for the
    // team. Of an inject that is not judged per team, a check, effect, report or score of any of its teams will do;
    // what comes after another inject always comes after the same team's.
    std::optional<std::int64_t> true_from(const plan::Inject& inject, const std::string& team, const State& state,
                                          const scoring::Scores& scores, std::int64_t now_ms) const;

  private:
    using Key = std::pair<const plan::When*, std::string>; // leaf, team; the plan outlives its addresses
    struct Seen {
        const State& state;
        const scoring::Scores& scores;
        std::int64_t now_ms;
    };
    std::optional<std::int64_t> eval(const plan::When& when, const plan::Inject& inject, const std::string& team,
                                     const Seen& seen) const;
    std::optional<std::int64_t> leaf(const plan::When& when, const std::string& team, const Seen& seen) const;

    std::shared_ptr<const plan::Plan> plan_;
    std::map<std::string, std::vector<const plan::When*>> open_; // on a team's checks and effects, not yet true
    std::vector<Key> scores_;                                    // on scores, not yet true
    std::int64_t next_ms_ = 0;                                   // before this no open one becomes true by time alone
    std::map<Key, std::int64_t> remembered_;
};

} // namespace testudo::exercise
