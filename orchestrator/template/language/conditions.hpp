#pragma once
#include "orchestrator/core/json.hpp"
#include "orchestrator/template/condition.hpp"
#include "orchestrator/template/reader.hpp"

namespace testudo::template_ {

// A text, or a mapping with one of `all`, `any` and `not`.
Condition read_condition(Reader& r, const Node& node);

// "T+5m" and nothing else.
Condition read_exercise_time(Reader& r, const Node& node);

json::object condition_schema();
// What it refers to: conditions hold conditions.
json::object condition_definition();

} // namespace testudo::template_
