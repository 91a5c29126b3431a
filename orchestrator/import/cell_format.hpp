#pragma once
#include <string>
#include <string_view>

// How a spreadsheet shows the number in a cell (number formats of ECMA-376, part 1, 18.8.30 and 18.8.31).
namespace testudo::import_ {

struct CellFormat {
    enum class Kind { number, date, time, elapsed };
    Kind kind = Kind::number;
    std::string before; // shown before the number: "T+", "INJ-"
    std::string after;  // and behind it: " min"
    int digits = 0;     // a whole number is filled up with zeros to so many
};

// Of a format's code, such as `dd.mm.yyyy hh:mm`, `[h]:mm` or `"INJ-"000`. Only what holds for numbers from 0 on is
// read.
CellFormat parse_cell_format(std::string_view code);

// The cell's text as people would read it: "2026-05-01 09:00", "09:15:30", "26h 30min", "INJ-007", "1.1". Dates count
// days since the end of 1899, or since the beginning of 1904 where the workbook says so.
std::string shown(const CellFormat& format, const std::string& value, bool since_1904);

} // namespace testudo::import_
