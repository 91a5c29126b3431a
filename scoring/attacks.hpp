#pragma once
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/event.hpp"
#include "scoring/availability.hpp"
#include "scoring/model.hpp"

namespace testudo::scoring {

// Attack impact [3] and restoration [5]: follows every attack of the timeline on every team.
//
//     fired ──► effect seen to hold (t1) ──► seen gone (t4) ──► every check of the machine good again (t5)
//                      ▲                                   │
//                      └──────── holds again ──────────────┘
//
// Held time is the sum of t4 - t1, restoration time the sum of t5 - t1. Checks that are unknown, held or void do not
// keep a machine from counting as restored: that is the organiser's matter. What is open counts up to the latest
// moment.
class Attacks {
  public:
    struct Loss {
        const Attack* attack;
        std::int64_t milli = 0;
        std::int64_t at_ms = 0; // when it fired
        std::int64_t duration_ms = 0;
        bool over = true; // the effect is gone, or the machine restored
        std::vector<std::uint64_t> seqs;
    };

    explicit Attacks(std::shared_ptr<const Model> model);

    void fired(const Event& event);
    void result(const Event& event);
    void effect(const Event& event);
    void verdict(const Availability::Settled& settled);

    bool explains(const std::string& team, const std::string& machine, std::int64_t at_ms) const;
    std::vector<Loss> impact(const std::string& team, std::int64_t now_ms) const;
    std::vector<Loss> restoration(const std::string& team, std::int64_t now_ms) const;
    // What both cost the team so far, without the reasons.
    struct Cost {
        std::int64_t impact_milli = 0;
        std::int64_t restoration_milli = 0;
    };
    Cost cost(const std::string& team, std::int64_t now_ms) const;

  private:
    struct Spell { // one time that the effect held
        std::int64_t from_ms;
        std::int64_t gone_ms = -1;
        std::int64_t restored_ms = -1;
        std::set<std::string> awaited; // checks that have not been good since it was gone
    };
    struct Course { // one attack on one team
        std::int64_t fired_ms = 0;
        bool succeeded = false;
        std::set<std::string> holding; // acts whose effect holds
        std::vector<Spell> spells;
        std::vector<std::uint64_t> seqs;
        // What it has cost for good, until something happens to it again.
        mutable std::optional<Cost> settled;
    };
    using Key = std::pair<std::string, std::size_t>; // team, attack
    struct Account {                                 // of one team
        Cost settled;
        std::set<std::size_t> moving; // attacks whose cost may still grow
    };
    Course* course_of(const Event& event);
    void stir(const Key& key, Course& course);
    static std::int64_t held_ms(const Course& course, std::int64_t now_ms);
    static std::int64_t restored_ms(const Course& course, std::int64_t now_ms);
    Cost cost_of(const Course& course, const Attack& attack, std::int64_t now_ms) const;
    // Calls `each` for the courses of one team, in the order of the attacks.
    template <class Each> void for_team(const std::string& team, Each each) const {
        for (auto it = courses_.lower_bound({team, 0}); it != courses_.end() && it->first.first == team; ++it)
            each(it->second, model_->attacks[it->first.second]);
    }
    std::set<std::string> checks_of(const std::string& team, const Attack& attack) const;

    std::shared_ptr<const Model> model_;
    std::map<std::string, std::size_t> index_; // inject -> attack
    std::map<Key, Course> courses_;
    std::set<Key> recovering_;                        // gone, and not every check has been good since
    mutable std::map<std::string, Account> accounts_; // what does not change any more is added up once
};

} // namespace testudo::scoring
