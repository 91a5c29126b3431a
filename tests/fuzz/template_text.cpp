#include "orchestrator/core/diagnostic.hpp"
#include "orchestrator/graph/map.hpp"
#include "orchestrator/plan/make.hpp"
#include "orchestrator/template/load.hpp"
#include "tests/fuzz/targets.hpp"

namespace testudo::fuzz {

void template_text(const std::uint8_t* data, std::size_t size) {
    auto loaded = template_::load_text("fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
    const auto plan = plan::make(loaded.template_, loaded.diagnostics);
    if (plan)
        if (const auto map = graph::make_map(loaded.template_, *plan, {}))
            (void)graph::to_svg(*map);
    for (const auto& diagnostic : loaded.diagnostics) {
        (void)render(diagnostic);
        (void)json::serialize(to_json(diagnostic));
    }
}

} // namespace testudo::fuzz
