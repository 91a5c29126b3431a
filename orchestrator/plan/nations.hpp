#pragma once
#include <string>
#include <string_view>

namespace testudo::plan {

// ISO 3166-1 alpha-3, as of 2024, and the codes XAA..XZZ that the standard leaves to its users (nations of exercises).
bool is_nation(std::string_view code);
// The code of the standard for one that was in it once or is in other lists of exercises: "MKD" for "FYR"; else "".
std::string alias_of(std::string_view code);
// What is meant by a code that is often mistaken for one: "DEU" for "GER"; "" if nothing comes to mind.
std::string meant_nation(std::string_view code);

} // namespace testudo::plan
