#pragma once
#include <string>
#include <string_view>

#include "orchestrator/core/event.hpp"
#include "orchestrator/plan/plan.hpp"
#include "scoring/fold.hpp"

// Events and states in words, for logs, reasons and markers. English; the pages have their own catalogue for all else.
namespace testudo::exercise {

// One sentence without a full stop; "" for kinds that need none (probes speak through words_of_change).
std::string words(const Event& event, const plan::Plan& plan);

// "HTTP 502 from the internet vantage, confirmed twice"; "" when there is nothing to explain.
std::string words_of_reason(const scoring::Availability::Status& status, const plan::Plan& plan);

// "Portal of North is down since 12:41:07 (HTTP 502 from the internet vantage, confirmed twice)". `event` is the one
// that made the change; without `why` there is no bracket.
std::string words_of_change(const plan::Check& check, const scoring::Availability::Status& status, const Event& event,
                            std::int64_t rate_milli, const plan::Plan& plan, bool why);

std::string team_title(const plan::Plan& plan, std::string_view id); // "all teams" for ""

} // namespace testudo::exercise
