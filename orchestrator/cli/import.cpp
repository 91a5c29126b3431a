#include <algorithm>

#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/import/formats.hpp"

namespace testudo::cli {

int import_range(const ImportOptions& options) {
    const auto& all = import_::formats();
    const auto format = std::find_if(all.begin(), all.end(),
                                     [&](const import_::FormatInfo& info) { return info.name == options.format; });
    if (format != all.end() && !format->several && options.files.size() > 1) {
        complain({"import.files", options.format,
                  fmt::format("is read from one file, and {} are given", options.files.size())});
        return exit_usage;
    }
    const auto imported = import_::import_files(options.format, options.files);
    if (options.json) {
        const json::value text = imported.text ? json::value(json::string(*imported.text)) : json::value();
        fmt::print("{}\n",
                   json::serialize(json::value{{"template", text}, {"diagnostics", to_json(imported.diagnostics)}}));
    } else {
        print_diagnostics(imported.diagnostics);
        if (imported.text)
            fmt::print("{}", *imported.text);
    }
    return imported.text ? exit_ok : exit_template;
}

} // namespace testudo::cli
