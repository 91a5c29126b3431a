#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/core/event.hpp"
#include "scoring/model.hpp"

namespace testudo::scoring {

// Reports [6]. A message that expects a report is worth its value to each team that it was delivered to:
//   nothing filed and the due time not over: nothing lost yet;   nothing filed after it: all of it lost;
//   filed, not graded: nothing lost (the grading is the organiser's); graded: lost is what the grade and the delay
//   take.
// A report counts only for the message that it answers. Of several that answer one message the latest graded counts.
class Reports {
  public:
    struct Loss {
        std::string message;
        std::string inject;
        std::int64_t milli = 0; // may be 0: a report with full marks
        std::int64_t value_milli = 0;
        std::int64_t at_ms = 0;
        std::int64_t late_ms = 0;
        enum class Why { missing, graded } why = Why::missing;
        bool disputed = false; // graders differ by more than a quarter of the value: a second reading is due
        std::vector<std::uint64_t> seqs;
    };

    explicit Reports(std::shared_ptr<const Model> model) : model_(std::move(model)) {}

    void delivered(const Event& event);
    void filed(const Event& event);
    void graded(const Event& event);

    std::vector<Loss> losses(const std::string& team, std::int64_t now_ms) const;
    // What they cost the team so far, without the reasons.
    std::int64_t cost(const std::string& team, std::int64_t now_ms) const;

  private:
    struct Grade {
        std::int64_t total_milli = 0;
        std::int64_t max_milli = 0;
        std::uint64_t seq = 0;
    };
    struct Report {
        std::string id;
        std::int64_t at_ms = 0;
        std::uint64_t seq = 0;
        std::map<std::string, Grade> grades; // by grader; a later one replaces
    };
    struct Demand {
        std::string team;
        std::string inject;
        std::int64_t due_ms = 0;
        std::int64_t within_ms = 0;
        std::int64_t value_milli = 0;
        std::uint64_t seq = 0;
        std::vector<Report> reports;
        std::int64_t graded_milli = 0; // lost by grade and delay of the report that counts
    };
    using Key = std::pair<std::string, std::string>; // team, message
    static Loss loss_of(const std::string& message, const Demand& demand);

    std::shared_ptr<const Model> model_;
    std::map<Key, Demand> demands_;
    std::map<std::string, Key> answered_; // report -> demand
};

} // namespace testudo::scoring
