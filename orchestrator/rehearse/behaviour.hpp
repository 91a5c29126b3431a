#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/plan/plan.hpp"

namespace testudo::rehearse {

// How all teams of one rehearsal behave. What is drawn by lot is drawn from the names of exercise, team and inject, so
// a rehearsal is the same every time.
enum class Behaviour {
    perfect, // repairs 1 s after an effect took hold; files in a tenth of the time allowed; full marks
    average, // see repair_delay, report_delay and grade_permille
    absent   // does nothing
};
inline constexpr std::array<Behaviour, 3> all_behaviours{Behaviour::perfect, Behaviour::average, Behaviour::absent};

std::string_view word_of(Behaviour behaviour);
std::optional<Behaviour> behaviour_from(std::string_view word);
// What the report says of the assumption.
std::string_view sentence_of(Behaviour behaviour);

// From the effect's first moment until it is repaired; none: never. An average team takes a part of the time that the
// inject gives for restoring (else of that after which the impact is full): a quarter of all repairs at most 0.4 of it,
// half of them 0.7, three quarters 1.2, all 2; at least 0.2.
std::optional<Millis> repair_delay(Behaviour behaviour, const plan::Plan& plan, const plan::Inject& inject,
                                   std::string_view team);

// From delivery until the report is filed; none: never. An average team files 85 % of all reports, after 0.3 to 1.2 of
// the time allowed.
std::optional<Millis> report_delay(Behaviour behaviour, const plan::Plan& plan, const plan::Inject& inject,
                                   std::string_view team);

// Part of an item's points that the report earns; average teams earn 500 to 1000.
std::int64_t grade_permille(Behaviour behaviour, const plan::Plan& plan, const plan::Inject& inject,
                            std::string_view team, std::string_view item);

} // namespace testudo::rehearse
