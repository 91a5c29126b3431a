#pragma once
#include <string>

// What the columns of a MSEL are called, and what they hold.
namespace testudo::import_ {

enum class Column {
    number,
    time,
    offset,
    date,
    day,
    from,
    to,
    subject,
    body,
    expected,
    objective,
    controller,
    method,
    status,
    notes
};

// Null for a heading that is not known.
const Column* column_of(const std::string& heading);
// True for headings of numbers that may be headings of texts as well: "Inject".
bool may_be_either(const std::string& heading);
// How a message comes, by the words that are used for its ways: "call"; "" for a way that messages do not have.
std::string kind_of(const std::string& method);

} // namespace testudo::import_
