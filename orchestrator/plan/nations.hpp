#pragma once
#include <string>
#include <string_view>

namespace testudo::plan {

// ISO 3166-1 alpha-3, as of 2024, and the codes XAA..XZZ that the standard leaves to its users (nations of exercises).
bool is_nation(std::string_view code);
// What is meant by a code that is often mistaken for one: "MKD" for "FYR"; "" if nothing comes to mind.
std::string meant_nation(std::string_view code);

} // namespace testudo::plan
