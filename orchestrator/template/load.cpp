#include "orchestrator/template/load.hpp"

#include <fmt/format.h>

#include "orchestrator/template/language.hpp"

namespace testudo::template_ {
namespace {

Loaded load_from(const std::shared_ptr<const SourceFile>& file, Sources& sources) {
    Loaded loaded;
    loaded.template_.file = file;
    if (const auto root = parse_yaml(file, loaded.diagnostics)) {
        Reader reader(loaded.diagnostics, sources);
        read_template(reader, *root, loaded.template_);
    }
    arrange(loaded.diagnostics, file->name);
    return loaded;
}

} // namespace

Loaded load(const std::string& path) {
    Sources sources(path);
    const auto file = sources.main();
    if (file)
        return load_from(*file, sources);
    Loaded loaded;
    loaded.template_.file = std::make_shared<const SourceFile>(SourceFile{path, ""});
    error(loaded.diagnostics, "T0101", Span{loaded.template_.file, 0, 0},
          fmt::format("the template cannot be read: {}", file.error().message));
    return loaded;
}

Loaded load_text(const std::string& shown, std::string text) {
    Sources sources(shown);
    return load_from(std::make_shared<const SourceFile>(SourceFile{shown, std::move(text)}), sources);
}

} // namespace testudo::template_
