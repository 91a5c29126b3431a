#pragma once
#include "orchestrator/core/json.hpp"
#include "orchestrator/template/reader.hpp"
#include "orchestrator/template/template.hpp"

namespace testudo::template_ {

inline constexpr std::int64_t language_version = 1;

// Fills a template from the root of a tree.
void read_template(Reader& reader, const Node& root, Template& out);

// A template, or a file that one includes.
enum class Whole { template_, part };
// The language as a JSON Schema (draft 7), made from the same tables that `read_template` walks. What checks and
// actions may be given is added by plan/schema.hpp, which knows them.
json::object schema(Whole whole = Whole::template_);

} // namespace testudo::template_
