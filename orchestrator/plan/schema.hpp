#pragma once
#include <string>

#include "orchestrator/template/language.hpp"

namespace testudo::plan {

// The JSON Schema of the language, with what every type of check and every action may be given: what `testudo schema`
// prints and editors read.
json::object schema(template_::Whole whole = template_::Whole::template_);

// The reference of all keys, made from that schema: docs/template-reference.md.
std::string reference();

} // namespace testudo::plan
