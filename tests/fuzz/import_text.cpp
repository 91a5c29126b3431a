#include <cstdlib>

#include "orchestrator/import/formats.hpp"
#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"
#include "tests/fuzz/targets.hpp"

namespace testudo::fuzz {

// The first byte chooses the format and whether the rest is JSON: `F` to `L` are the formats in their order, `M` to `S`
// the same as JSON.
void import_text(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return;
    const auto& formats = import_::formats();
    const auto& format = formats[data[0] % formats.size()];
    const bool is_json = data[0] / formats.size() % 2 == 1;
    const auto file = std::make_shared<const SourceFile>(
        SourceFile{is_json ? "fuzz.json" : "fuzz.yml", std::string(reinterpret_cast<const char*>(data + 1), size - 1)});
    const auto imported = import_::import_texts(format.name, {file});
    for (const auto& diagnostic : imported.diagnostics)
        (void)render(diagnostic);
    if (!imported.text)
        return;
    // What is imported can be planned, whatever it was made of.
    auto loaded = template_::load_text("imported.yaml", *imported.text);
    if (!plan::make(loaded.template_, loaded.diagnostics))
        std::abort();
}

} // namespace testudo::fuzz
