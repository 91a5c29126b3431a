#pragma once
#include <string_view>
#include <vector>

#include "orchestrator/core/json.hpp"

// What values look like to a JSON Schema. The member `title` of each names its kind as the reference of the language
// does. They refuse nothing that the reader takes.
namespace testudo::template_::shape {

json::object text();
json::object one_or_many(json::object one);
json::object word(const std::vector<std::string>& words);
json::object whole_number(std::int64_t least, std::int64_t most);
json::object points();
json::object mebibytes();
json::object duration();
json::object exercise_time();
json::object flag();
json::object text_or_file();
json::object file();
// A name of at most `longest` characters; alone, or as the keys of a mapping (`propertyNames`).
json::object name(std::size_t longest);
// Any text that looks like this.
json::object matching(std::string_view title, std::string_view pattern);

} // namespace testudo::template_::shape
