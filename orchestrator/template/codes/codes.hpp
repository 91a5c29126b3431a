#pragma once
#include <vector>

#include "orchestrator/template/codes.hpp"

// The table of codes, one file per topic.
namespace testudo::template_ {

std::vector<Code> reading_codes();   // reading.cpp: T01.. the text, T02.. keys and values, T03.. files and expressions
std::vector<Code> who_codes();       // who.cpp: T04.. teams and nations, T11.. labels, groups, hosts
std::vector<Code> range_codes();     // range.cpp: T05.. networks and addresses, T06.. machines, T07.. rules
std::vector<Code> judging_codes();   // judging.cpp: T08.. checks, T10.. scoring
std::vector<Code> timeline_codes();  // timeline.cpp: T09.. conditions and injects
std::vector<Code> happening_codes(); // happening.cpp: T12.. repetition, choices, messages, pauses and accounts
std::vector<Code> importing_codes(); // importing.cpp: T13.. files of other platforms

} // namespace testudo::template_
