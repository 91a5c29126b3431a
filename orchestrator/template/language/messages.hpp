#pragma once
#include "orchestrator/template/table.hpp"
#include "orchestrator/template/template.hpp"

namespace testudo::template_ {

// What a message says, in one language or several, and the report that it expects.
std::vector<Key<InjectSpec>> message_keys();

// Two small letters of ISO 639.
void read_language(Reader& r, const Node& node, Text& value);
json::object language_schema();

} // namespace testudo::template_
