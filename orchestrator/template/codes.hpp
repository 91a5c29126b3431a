#pragma once
#include <string>
#include <string_view>
#include <vector>

// What each diagnostic code means: the one source of docs/diagnostics.md, of `testudo explain`, and of the tests that
// ask for an example of each. A new code is a new entry in one of the files in codes/.
namespace testudo::template_ {

struct Code {
    std::string_view code;        // "T0107"; never given to another meaning
    std::string_view title;       // "a key stands twice in one mapping", no full stop
    std::string_view explanation; // why that is a fault, in whole sentences
    std::string_view remedy;      // what to do about it, in whole sentences
    std::string_view example; // tests/diagnostics/EXAMPLE.yaml shows it; "" only for those listed in diagnostics_test
    // Whether the JSON Schema (`testudo schema`) refuses the same: never, in some cases, or always. The test with
    // another validator holds us to the first and the last.
    enum class InSchema { never, sometimes, always } in_schema = InSchema::never;
};

// All codes, in order.
const std::vector<Code>& all_codes();
// Null for a code that there is not.
const Code* find_code(std::string_view code);

// A few lines for a terminal.
std::string explain(const Code& code);
// The whole of docs/diagnostics.md.
std::string diagnostics_page();

} // namespace testudo::template_
