#include "orchestrator/core/diagnostic.hpp"
#include "orchestrator/template/load.hpp"
#include "tests/fuzz/targets.hpp"

namespace testudo::fuzz {

void template_text(const std::uint8_t* data, std::size_t size) {
    const auto loaded = template_::load_text("fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
    for (const auto& diagnostic : loaded.diagnostics) {
        (void)render(diagnostic);
        (void)json::serialize(to_json(diagnostic));
    }
}

} // namespace testudo::fuzz
