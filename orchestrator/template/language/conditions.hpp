#pragma once
#include "orchestrator/core/json.hpp"
#include "orchestrator/template/condition.hpp"
#include "orchestrator/template/reader.hpp"

namespace testudo::template_ {

// A text, or a mapping with one of `all`, `any` and `not`.
Condition read_condition(Reader& r, const Node& node);

// What may stand under `at:`: "T+5m", "ENDEX - 30m", "recovery + 10m".
Condition read_exercise_time(Reader& r, const Node& node);

json::object condition_schema();
// What it refers to: conditions hold conditions.
json::object condition_definition();

} // namespace testudo::template_
