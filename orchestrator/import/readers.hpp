#pragma once
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/import/draft.hpp"
#include "orchestrator/import/reading.hpp"

// One reader per format. Each takes the documents of all files and fills the draft; what it does not mark is reported.
namespace testudo::import_ {

using Documents = std::vector<std::unique_ptr<Item>>;

void read_containerlab(Documents& documents, Reading& in, Draft& draft);
void read_cyberrangecz(Documents& documents, Reading& in, Draft& draft);
void read_cyris(Documents& documents, Reading& in, Draft& draft);
void read_ludus(Documents& documents, Reading& in, Draft& draft);
void read_msel(Documents& documents, Reading& in, Draft& draft);
void read_ocr_sdl(Documents& documents, Reading& in, Draft& draft);
void read_phenix(Documents& documents, Reading& in, Draft& draft);

// True for what a column of a MSEL may be called.
bool is_msel_heading(const std::string& heading);
// True for a table with injects: one with a column of times or dates, and one of texts.
bool has_times_and_texts(const template_::Node& records);

// A part of CyberRangeCZ that comes in a file of its own.
void read_training(Item& training, Reading& in, Draft& draft);

} // namespace testudo::import_
