#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/event.hpp"
#include "scoring/attacks.hpp"
#include "scoring/availability.hpp"
#include "scoring/model.hpp"
#include "scoring/reports.hpp"

namespace testudo::scoring {

// The score as a pure function of a prefix of the log. Board, history, replay and what-if are this same fold at
// different positions; it can be copied, and equal prefixes give equal scores.
//
// Total [10] = sum over categories of w * clamp(raw/max, 0, 1), plus adjustments [9].
//   availability [1]  raw/max over the windows scored so far: it falls with an outage and recovers with time
//   impact [3], restoration [5], reports [6]  max is what the whole timeline can cost, raw is max less what was lost
// So everyone begins with all points, no attack and no report can raise a score, and a category in which nothing was at
// stake counts in full. Nothing after exercise.ended counts but grades, rulings and adjustments.
class Scores {
  public:
    struct Line { // one category of one team
        std::int64_t milli = 0;
        std::int64_t max_milli = 0;
        std::int64_t contributes_milli = 0;
    };
    struct Item { // one reason for a total; the items of a team add up to it exactly
        std::string category;
        std::string subject; // a check, an attack, a message
        std::string what;    // happened to it
        std::int64_t milli = 0;
        std::vector<std::uint64_t> seqs;
        std::int64_t at_ms = 0;
        std::string untold{}; // what the white team reads behind `what`, and the team does not
    };
    struct Change { // a check's state on the board became another
        std::size_t check;
        Verdict before;
    };

    explicit Scores(std::shared_ptr<const Model> model);

    void apply(const Event& event);

    const Model& model() const { return *model_; }
    std::int64_t total_milli(const std::string& team) const;
    // Standard competition ranking: 1, 2, 2, 4. 0 for a team that is not scored.
    int rank(const std::string& team) const;
    std::map<std::string, Line> lines(const std::string& team) const; // by category
    std::vector<Item> why(const std::string& team) const;

    // By position in model().checks.
    const Availability::Status& status(std::size_t check) const { return availability_.status(check); }
    const Availability::Tally& tally(std::size_t check) const { return availability_.tally(check); }
    // By check id; nullptr if there is none.
    const Availability::Status* status(std::string_view check) const;
    // What the last applied event changed on the board.
    const std::vector<Change>& changes() const { return changes_; }

  private:
    struct Adjustment {
        std::string team;
        std::string category;
        std::int64_t milli;
        std::string reason;
        std::string by;
        std::uint64_t seq;
        std::int64_t at_ms;
    };
    struct Stake { // raw and max of one category, in its own unit, and who took what
        std::int64_t raw = 0;
        std::int64_t max = 0;
        std::int64_t unit = 1;            // of raw and max, per milli-point
        std::vector<Item> losses;         // only when explained
        std::vector<std::int64_t> shares; // of each loss
    };
    Stake stake(const std::string& team, const std::string& category, bool explain) const;
    Stake availability_stake(const std::string& team, bool explain) const;
    std::int64_t adjusted(const std::string& team, const std::string& category) const;
    void judge_anew(const Event& event);

    std::shared_ptr<const Model> model_;
    std::map<std::string, std::vector<std::size_t>> checks_of_;        // by team
    std::map<std::pair<std::string, std::string>, std::int64_t> most_; // team, category: what can be lost at most
    Availability availability_;
    Attacks attacks_;
    Reports reports_;
    std::vector<Adjustment> adjustments_;
    std::int64_t now_ms_ = 0; // exercise time of the latest event before ENDEX
    bool ended_ = false;
    std::vector<Change> changes_;
    mutable std::map<std::string, std::int64_t> totals_; // made when asked for, dropped by the next event
};

} // namespace testudo::scoring
