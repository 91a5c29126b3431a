#pragma once
#include <cstddef>
#include <cstdint>

// Functions that must survive any bytes. libFuzzer drives one per program (preset `fuzz`); the ordinary suite feeds
// them the corpus and every input that was ever found to break one.
namespace testudo::fuzz {

using Target = void (*)(const std::uint8_t* data, std::size_t size);

void frame(const std::uint8_t* data, std::size_t size);         // agents/protocol: a guest's console
void template_text(const std::uint8_t* data, std::size_t size); // orchestrator/template, plan, graph: a range template
void expression(const std::uint8_t* data, std::size_t size);    // orchestrator/template: {{ expressions }} in a text
void condition(const std::uint8_t* data, std::size_t size);     // orchestrator/template: conditions, rules, quantities
void import_text(const std::uint8_t* data, std::size_t size);   // orchestrator/import: a file of any format
void event_line(const std::uint8_t* data, std::size_t size);    // orchestrator/core: a line of an archive

} // namespace testudo::fuzz
