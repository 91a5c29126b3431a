#include "orchestrator/rehearse/reasons.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/rehearse/players.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::rehearse {
namespace {

using plan::When;

std::string span(std::int64_t ms) {
    return template_::to_text(Millis(ms < 1000 ? ms : ms / 1000 * 1000));
}

class Reasons {
  public:
    Reasons(const plan::Inject& inject, const std::string& team, const exercise::Projection& end, const Run& run)
        : inject_(inject), team_(team), end_(end), run_(run) {}

    std::string of(const When& when) const {
        switch (when.kind) {
        case When::Kind::at:
            return fmt::format("{} is not before ENDEX", to_exercise_text(when.time));
        case When::Kind::after:
            return of_after(when);
        case When::Kind::phase:
            return fmt::format("phase {} began too late or never", when.ref);
        case When::Kind::check:
            return fmt::format("check {} was never {}{}", when.ref, when.what, long_enough(when));
        case When::Kind::effect:
            return of_effect(when);
        case When::Kind::report:
            return fmt::format("no report {} was filed{}", when.ref,
                               when.time > Millis(0) ? fmt::format(" {} before ENDEX", span(when.time.count())) : "");
        case When::Kind::score:
            return of_score(when);
        case When::Kind::grade:
            return fmt::format("no report {} was graded {} {} %", when.ref, when.what,
                               static_cast<double>(when.milli) / 10);
        case When::Kind::manual:
            return "no controller fired it";
        case When::Kind::all:
            return of_all(when);
        case When::Kind::any:
            return of_parts(when, "; and ");
        case When::Kind::negation:
            return fmt::format("{} was already true", when.parts.empty() ? when.text : when.parts.front().text);
        }
        return fmt::format("its condition never came true: {}", when.text);
    }

  private:
    static std::string long_enough(const When& when) {
        return when.time > Millis(0) ? " for " + span(when.time.count()) : "";
    }

    std::string of_after(const When& when) const {
        const auto* other = plan::find_inject(end_.plan(), when.ref);
        const auto* state = end_.state().inject(when.ref, team_);
        if (!other || !state)
            return fmt::format("{} never came to its end", when.ref);
        using exercise::Stage;
        if (!other->approved)
            return fmt::format("{} is {}", when.ref, other->proposed ? "only proposed" : "a draft");
        if (when.what == "failed" && state->stage == Stage::completed)
            return fmt::format("{} did not fail", when.ref);
        if (state->stage == Stage::failed && when.what == "completed")
            return fmt::format("{} failed: {}", when.ref, state->reason);
        if (state->fired_ms < 0)
            return fmt::format("{} never fired", when.ref);
        if (state->stage == Stage::fired && when.what == "completed")
            return fmt::format("{} was not complete at ENDEX", when.ref);
        return fmt::format("ENDEX came less than {} after {}", span(when.time.count()), when.ref);
    }

    std::string of_effect(const When& when) const {
        std::int64_t longest = -1;
        std::int64_t last_gone = -1;
        bool holds = false;
        for (const auto& spell : run_.spells) {
            if (end_.plan().injects[spell.inject].id != when.ref || spell.team != team_)
                continue;
            const auto until = spell.to_ms < 0 ? end_.plan().duration.count() : spell.to_ms;
            longest = std::max(longest, until - spell.from_ms);
            last_gone = std::max(last_gone, spell.to_ms);
            holds = holds || spell.to_ms < 0;
        }
        if (longest < 0)
            return fmt::format("{} never took hold", when.ref);
        if (when.what != "gone")
            return fmt::format("{} held for {} at most{}", when.ref, span(longest),
                               when.time > Millis(0) ? ", not " + span(when.time.count()) : "");
        if (holds)
            return fmt::format("{} was never repaired", when.ref);
        return fmt::format("{} was gone only {} before ENDEX", when.ref,
                           span(end_.plan().duration.count() - last_gone));
    }

    std::string of_score(const When& when) const {
        std::int64_t least = 1'000'000;
        std::int64_t most = 0;
        if (const auto found = end_.history().find(team_); found != end_.history().end())
            for (const auto& [at, total] : found->second) {
                least = std::min(least, total);
                most = std::max(most, total);
            }
        const bool below = when.what == "below";
        return fmt::format("the score was never {} {}: {} at the {}", when.what, static_cast<double>(when.milli) / 1000,
                           (below ? least : most) / 1000, below ? "least" : "most");
    }

    // Only the parts that were missing.
    std::string of_all(const When& when) const {
        std::string out;
        for (const auto& part : when.parts) {
            const plan::Inject alone = with(part);
            const auto from =
                end_.conditions().true_from(alone, team_, end_.state(), end_.scores(), end_.plan().duration.count());
            if (!from || *from > end_.plan().duration.count())
                out += (out.empty() ? "" : "; and ") + of(part);
        }
        return out.empty() ? fmt::format("its parts were not true together: {}", when.text) : out;
    }

    std::string of_parts(const When& when, const char* separator) const {
        std::string out;
        for (const auto& part : when.parts)
            out += (out.empty() ? "" : separator) + of(part);
        return out;
    }

    plan::Inject with(const When& when) const {
        auto out = inject_;
        out.when = when;
        return out;
    }

    const plan::Inject& inject_;
    const std::string& team_;
    const exercise::Projection& end_;
    const Run& run_;
};

} // namespace

std::string why_not(const plan::Inject& inject, const std::string& team, const exercise::Projection& end,
                    const Run& run) {
    if (!inject.approved)
        return fmt::format("it is {}; only what is approved fires", inject.proposed ? "only proposed" : "a draft");
    const auto* state = end.state().inject(inject.id, team);
    if (state && state->stage == exercise::Stage::held)
        return "it is held" + (state->reason.empty() ? "" : ": " + state->reason);
    if (state && state->stage == exercise::Stage::skipped)
        return "it was skipped" + (state->reason.empty() ? "" : ": " + state->reason);
    return Reasons(inject, team, end, run).of(inject.when);
}

} // namespace testudo::rehearse
