#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {
namespace {

using template_::error;

constexpr std::int64_t all_points = 1'000'000; // milli

struct Known {
    std::string_view id;
    std::string_view title;
    // Whether anything in a plan is worth points in it.
    bool (*earned)(const Plan&);
    std::string_view hint;
};

const std::array<Known, 4> known{{
    {"availability", "Availability",
     [](const Plan& p) {
         return std::any_of(p.checks.begin(), p.checks.end(), [](const Check& c) { return c.users.empty(); });
     },
     "it is earned by `checks`"},
    {"impact", "Attack impact",
     [](const Plan& p) {
         return std::any_of(p.injects.begin(), p.injects.end(), [](const Inject& i) { return i.impact_milli > 0; });
     },
     "it is kept or lost by actions with `impact`"},
    {"restoration", "Restoration",
     [](const Plan& p) {
         return std::any_of(p.injects.begin(), p.injects.end(), [](const Inject& i) { return i.restore_milli > 0; });
     },
     "it is earned by actions with `restore`"},
    {"reports", "Reports",
     [](const Plan& p) {
         return std::any_of(p.injects.begin(), p.injects.end(),
                            [](const Inject& i) { return i.expects.value_milli > 0; });
     },
     "it is earned by messages with `expects`"},
}};

} // namespace

void plan_scoring(Draft& draft) {
    draft.plan.charges_requested_resets = draft.source.requested_resets.value != "void";
    refuse_doubles(draft.source.scoring, "categories", draft.out);
    if (draft.source.scoring.empty()) {
        draft.plan.categories.push_back({"availability", "Availability", all_points});
        return;
    }
    std::vector<std::string> names;
    for (const auto& one : known)
        names.emplace_back(one.id);
    std::int64_t sum = 0;
    bool complete = true;
    for (const auto& spec : draft.source.scoring) {
        const auto found = std::find(names.begin(), names.end(), spec.id.value);
        complete = complete && spec.weight.given();
        sum += spec.weight.value;
        if (found == names.end()) {
            error(draft.out, "T1002", spec.id.span, fmt::format("there is no category `{}`", spec.id.value),
                  template_::suggest(spec.id.value, names));
            continue;
        }
        const auto& category = known[static_cast<std::size_t>(found - names.begin())];
        if (spec.weight.value > 0 && !category.earned(draft.plan) && !template_::has_errors(draft.out))
            template_::warn(draft.out, "T1003", spec.id.span,
                            fmt::format("no team can get any of the points for `{}`", spec.id.value),
                            std::string(category.hint));
        draft.plan.categories.push_back(
            {spec.id.value, title_or(spec.title, std::string(category.title), draft), spec.weight.value});
    }
    if (complete && sum != all_points)
        error(draft.out, "T1001", draft.source.scoring.front().id.span,
              fmt::format("the weights add up to {}, not to 1000 points", static_cast<double>(sum) / 1000));
}

} // namespace testudo::plan
