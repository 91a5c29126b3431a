#include <cstdlib>

#include "orchestrator/template/condition.hpp"
#include "orchestrator/template/quantity.hpp"
#include "orchestrator/template/rule.hpp"
#include "tests/fuzz/targets.hpp"

namespace testudo::fuzz {

void condition(const std::uint8_t* data, std::size_t size) {
    const std::string value(reinterpret_cast<const char*>(data), size);
    const auto file = std::make_shared<const SourceFile>(SourceFile{"fuzz.yaml", "when: " + value});
    const template_::Text text{value, Span{file, 6, 6 + value.size()}};
    template_::Diagnostics out;
    const auto condition = template_::parse_condition(text, out);
    // What is not understood is said to be so, and nothing else is.
    if ((condition.kind == template_::Condition::Kind::none) != template_::has_errors(out))
        std::abort();
    const auto before = out.size();
    if (template_::parse_rule(text, out).valid != (out.size() == before))
        std::abort();
    for (const auto& diagnostic : out)
        (void)render(diagnostic);
    // A duration means the same when it is written and read again.
    if (const auto duration = template_::parse_duration(value))
        if (template_::parse_duration(template_::to_text(*duration)) != duration)
            std::abort();
    (void)template_::parse_mebibytes(value);
    (void)template_::parse_points(value);
}

} // namespace testudo::fuzz
