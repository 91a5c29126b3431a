#include "orchestrator/rehearse/behaviour.hpp"

#include <fmt/format.h>
#include <stdexcept>

#include "orchestrator/core/digest.hpp"

namespace testudo::rehearse {
namespace {

constexpr std::int64_t perfect_repair_ms = 1'000;
constexpr std::int64_t filed_permille = 850;

// 0 to 999, each as likely.
std::int64_t lot(const plan::Plan& plan, const plan::Inject& inject, std::string_view team, std::string_view what) {
    const auto name = fmt::format("rehearse/{}/{}/{}/{}", plan.exercise, inject.id, team, what);
    return static_cast<std::int64_t>(std::stoull(short_hash(name, 12), nullptr, 16) % 1000);
}

// Straight lines through the quarters of a distribution, in thousandths.
std::int64_t drawn(const std::array<std::int64_t, 5>& quarters, std::int64_t permille) {
    const auto quarter = static_cast<std::size_t>(permille / 250);
    const auto from = quarters.at(quarter);
    return from + (quarters.at(quarter + 1) - from) * (permille % 250) / 250;
}

Millis time_given(const plan::Inject& inject) {
    return inject.restore_milli > 0 ? inject.restore_target : inject.impact_full;
}

} // namespace

std::string_view word_of(Behaviour behaviour) {
    switch (behaviour) {
    case Behaviour::perfect:
        return "perfect";
    case Behaviour::average:
        return "average";
    case Behaviour::absent:
        return "absent";
    }
    throw std::logic_error("unknown behaviour");
}

std::optional<Behaviour> behaviour_from(std::string_view word) {
    for (const auto behaviour : all_behaviours)
        if (word_of(behaviour) == word)
            return behaviour;
    return {};
}

std::string_view sentence_of(Behaviour behaviour) {
    switch (behaviour) {
    case Behaviour::perfect:
        return "repairs every effect 1 s after it took hold, files every report in a tenth of the time allowed, and "
               "gets "
               "full marks";
    case Behaviour::average:
        return "repairs after 0.2 to 2 times the time given for restoring (half of all within 0.7 of it), files 85 % "
               "of "
               "all reports after 0.3 to 1.2 of the time allowed, and gets 50 to 100 % of the marks; drawn by lot from "
               "the names, so the same every time";
    case Behaviour::absent:
        return "repairs nothing and files nothing";
    }
    throw std::logic_error("unknown behaviour");
}

std::optional<Millis> repair_delay(Behaviour behaviour, const plan::Plan& plan, const plan::Inject& inject,
                                   std::string_view team) {
    if (behaviour == Behaviour::absent)
        return {};
    if (behaviour == Behaviour::perfect)
        return Millis(perfect_repair_ms);
    const auto part = drawn({200, 400, 700, 1'200, 2'000}, lot(plan, inject, team, "repair"));
    return time_given(inject) * part / 1000;
}

std::optional<Millis> report_delay(Behaviour behaviour, const plan::Plan& plan, const plan::Inject& inject,
                                   std::string_view team) {
    if (behaviour == Behaviour::absent)
        return {};
    if (behaviour == Behaviour::perfect)
        return inject.expects.within / 10;
    if (lot(plan, inject, team, "files") >= filed_permille)
        return {};
    const auto part = drawn({300, 525, 750, 975, 1'200}, lot(plan, inject, team, "report"));
    return inject.expects.within * part / 1000;
}

std::int64_t grade_permille(Behaviour behaviour, const plan::Plan& plan, const plan::Inject& inject,
                            std::string_view team, std::string_view item) {
    if (behaviour != Behaviour::average)
        return 1000;
    return 500 + lot(plan, inject, team, fmt::format("grade/{}", item)) / 2;
}

} // namespace testudo::rehearse
