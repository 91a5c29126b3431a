#include "orchestrator/template/codes.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/template/codes/codes.hpp"

namespace testudo::template_ {

const std::vector<Code>& all_codes() {
    static const auto all = [] {
        std::vector<Code> out;
        for (const auto& part : {reading_codes(), who_codes(), range_codes(), judging_codes(), timeline_codes(),
                                 happening_codes(), importing_codes()})
            out.insert(out.end(), part.begin(), part.end());
        std::stable_sort(out.begin(), out.end(), [](const Code& a, const Code& b) { return a.code < b.code; });
        return out;
    }();
    return all;
}

const Code* find_code(std::string_view code) {
    const auto& all = all_codes();
    const auto found = std::find_if(all.begin(), all.end(), [code](const Code& c) { return c.code == code; });
    return found == all.end() ? nullptr : &*found;
}

std::string explain(const Code& code) {
    auto out = fmt::format("{}: {}\n\n{}\n\nWhat to do: {}\n", code.code, code.title, code.explanation, code.remedy);
    if (!code.example.empty())
        out += fmt::format("Example:    tests/diagnostics/{}.yaml\n", code.example);
    return out;
}

std::string diagnostics_page() {
    std::string out =
        "# Diagnostics of range templates\n"
        "\n"
        "<!-- Written by `testudo explain --page` from orchestrator/template/codes/; a test compares. Do not edit. "
        "-->\n"
        "\n"
        "`testudo validate` and `testudo plan` tell everything that is wrong in one run. Each diagnostic has a stable "
        "code, a "
        "place\n(`FILE:LINE:COLUMN`, columns counted in characters), a sentence, mostly a hint, and the related "
        "places. As "
        "JSON (`--json`) it has the\nmembers `file`, `line`, `column`, `end_line`, `end_column`, `code`, `severity`, "
        "`message`, `hint`, `related`. An error keeps a plan from being\nmade; a warning does not. A code is never "
        "given to "
        "another meaning. `testudo explain CODE` prints what stands here.\nThe codes from T1301 on are those of "
        "`testudo "
        "import` ([import.md](import.md)).\n"
        "\n"
        "| code | meaning |\n"
        "| --- | --- |\n";
    for (const auto& code : all_codes())
        out += fmt::format("| [`{0}`](#{0}) | {1} |\n", code.code, code.title);
    for (const auto& code : all_codes()) {
        out += fmt::format("\n<a id=\"{0}\"></a>\n## `{0}`: {1}\n\n{2}\n\n**What to do.** {3}\n", code.code, code.title,
                           code.explanation, code.remedy);
        if (!code.example.empty())
            out += fmt::format("\nExample: [`{0}.yaml`](../tests/diagnostics/{0}.yaml), which gives "
                               "[this](../tests/diagnostics/{0}.want).\n",
                               code.example);
    }
    return out;
}

} // namespace testudo::template_
