#pragma once
#include "orchestrator/core/json.hpp"
#include "orchestrator/template/reader.hpp"
#include "orchestrator/template/template.hpp"

namespace testudo::template_ {

inline constexpr std::int64_t language_version = 1;

// Fills a template from the root of a tree.
void read_template(Reader& reader, const Node& root, Template& out);

// The language as a JSON Schema (draft 7), made from the same tables that `read_template` walks.
json::object schema();

} // namespace testudo::template_
