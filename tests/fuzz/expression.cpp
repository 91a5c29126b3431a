#include <cstdlib>

#include "orchestrator/template/expression.hpp"
#include "tests/fuzz/targets.hpp"

namespace testudo::fuzz {
namespace {

class SomeNames final : public template_::Scope {
  public:
    std::optional<template_::Value> find(const std::string& name) const override {
        if (name == "team.number")
            return std::int64_t{7};
        if (name == "team.id")
            return std::string("north");
        return std::nullopt;
    }
    std::vector<std::string> names() const override { return {"team.number", "team.id"}; }
    std::string why_not(const std::string& name) const override { return name == "index" ? "not here" : ""; }
};

} // namespace

void expression(const std::uint8_t* data, std::size_t size) {
    const std::string value(reinterpret_cast<const char*>(data), size);
    const auto file = std::make_shared<const SourceFile>(SourceFile{"fuzz.yaml", "title: " + value});
    const template_::Text text{value, Span{file, 7, 7 + value.size()}};
    template_::Diagnostics out;
    const auto result = template_::expand(text, SomeNames(), out);
    // Either it has a value or somebody is told why not.
    if (result.has_value() == template_::has_errors(out))
        std::abort();
    for (const auto& diagnostic : out) {
        if (diagnostic.span.end > file->text.size() || diagnostic.span.begin > diagnostic.span.end)
            std::abort();
        (void)render(diagnostic);
    }
}

} // namespace testudo::fuzz
