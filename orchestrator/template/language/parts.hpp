#pragma once
#include <cstdint>
#include <vector>

#include "orchestrator/template/table.hpp"
#include "orchestrator/template/template.hpp"

// The tables of the language, one file per topic; `read_template` puts them together.
namespace testudo::template_ {

inline constexpr std::size_t longest_id = 24;
inline constexpr std::size_t longest_team = 16;
// What one entry of a timeline, and all of them together, may be repeated to.
inline constexpr std::int64_t most_injects = 20'000;

// who.cpp: who takes part, and on whose hosts.
std::vector<Key<Template>> who_keys();
// True for what a group of nations may be called: NATO.
bool is_group(std::string_view text);
// range.cpp: what stands where. May also stand in an included file.
std::vector<Key<Template>> range_keys();
// judging.cpp: what is asked; may also stand in an included file. And how the points are shared.
std::vector<Key<Template>> check_keys();
std::vector<Key<Template>> scoring_keys();
// timeline.cpp: what happens; may also stand in an included file. And the parts of the exercise, in time, what they
// train and who leads them.
std::vector<Key<Template>> timeline_keys();
std::vector<Key<Template>> phase_keys();

} // namespace testudo::template_
