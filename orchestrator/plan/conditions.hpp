#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/plan/draft.hpp"
#include "orchestrator/plan/occurrences.hpp"

namespace testudo::plan {

inline bool is_approved(const template_::InjectSpec& spec) {
    return !spec.approval.given() || spec.approval.value == "approved";
}

// Turns conditions into the plan's. Refuses those that name what is not there, that wait for each other, or that can
// never come true; all that the order of the template's injects has to say is found once, for all of them.
class Conditions {
  public:
    Conditions(Draft& draft, const Occurrences& injects);

    When when_of(const template_::Condition& c);
    // Whether the inject's condition is judged for each team by itself.
    bool per_team(const std::string& inject) const { return per_team_.contains(inject); }
    // Repeated for as long as there is time, and there is none for this one.
    bool left_out(const std::string& inject) const { return left_out_.contains(inject); }

  private:
    using Teams = std::set<std::string>;
    // From when on, and until when, a condition may be true as far as the template tells.
    struct Window {
        Millis from{0};
        Millis to = Millis::max();
        std::string never; // why it never is; empty: it may be
    };
    struct Node {
        const Occurrence* inject = nullptr;
        std::vector<template_::Text> waits_for;
        std::optional<Window> window; // none while it is not known, or when its own fault was reported
    };

    void refuse_cycles();
    void find_windows();
    bool names_late_time(const template_::Condition& c) const;
    void warn_of_unapproved(const Node& node);
    void spread_per_team();
    Window window_of(const template_::Condition& c, const Node& node) const;
    Window window_of_all(const template_::Condition& c, const Node& node) const;
    Window window_after(const template_::Condition& c, const Node& node) const;
    // Why no team's score can be so; empty: it can.
    std::string why_no_score(const template_::Condition& c) const;
    // What every team keeps, whatever happens: the weights of categories in which nothing is at stake (milli).
    std::int64_t least_score() const;
    // From when on it is surely true.
    std::optional<Millis> certain(const template_::Condition& c) const;
    Teams teams_of(const Occurrence& inject) const;

    void check_reference(const template_::Condition& c);
    void check_effect(const template_::Text& ref);
    void known_inject(const template_::Text& ref);
    void known(const template_::Text& ref, const std::vector<std::string>& names, const char* code,
               std::string_view what);

    Draft& draft_;
    const Occurrences& injects_;
    std::map<std::string, Node> nodes_; // by name
    std::vector<std::string> order_;    // what is waited for comes before what waits
    std::set<std::string> per_team_;
    std::set<std::string> left_out_;
    std::vector<std::string> report_kinds_;
};

} // namespace testudo::plan
