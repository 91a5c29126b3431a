#pragma once
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/import/reading.hpp"

// Tables: of text (CSV) and of spreadsheets (XLSX).
namespace testudo::import_ {

struct Cell {
    std::string text;
    Span span;
    std::string comment{};   // that people have stuck to it
    bool uncomputed = false; // the text is a formula, whose result the file does not hold
};

struct Table {
    std::string name; // of the sheet
    bool hidden = false;
    Span span;
    std::vector<std::vector<Cell>> rows;
};

using File = std::shared_ptr<const SourceFile>;

// RFC 4180, with commas, semicolons or tabs, whichever the first line has most of.
std::vector<Table> read_csv(const File& file, Diagnostics& out);
// All sheets. What is too large, or damaged, is an error.
std::vector<Table> read_xlsx(const File& file, Diagnostics& out);

// The table as a list of mappings, whose keys come from the row that has most words known to `known`; in rows above it
// they are "column 1" and so on. The comment on a cell is a value of its own, "comment on" that key. Null if no row has
// at least three such words.
NodePtr as_records(const Table& table, bool (*known)(const std::string& heading));

} // namespace testudo::import_
