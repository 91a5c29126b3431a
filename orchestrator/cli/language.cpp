#include "orchestrator/cli/print.hpp"
#include "orchestrator/plan/schema.hpp"
#include "orchestrator/template/codes.hpp"

// What the program knows of its own language, for editors and for people.
namespace testudo::cli {

int schema(const SchemaOptions& options) {
    const auto whole = options.part ? template_::Whole::part : template_::Whole::template_;
    fmt::print("{}\n", json::serialize(plan::schema(whole)));
    return exit_ok;
}

int reference() {
    fmt::print("{}", plan::reference());
    return exit_ok;
}

namespace {

std::string_view name_of(template_::Code::InSchema in_schema) {
    switch (in_schema) {
    case template_::Code::InSchema::never:
        return "never";
    case template_::Code::InSchema::sometimes:
        return "sometimes";
    case template_::Code::InSchema::always:
        break;
    }
    return "always";
}

json::object to_json(const template_::Code& code) {
    return {{"code", json::string(code.code)},
            {"title", json::string(code.title)},
            {"explanation", json::string(code.explanation)},
            {"remedy", json::string(code.remedy)},
            {"in_schema", json::string(name_of(code.in_schema))}};
}

} // namespace

int explain(const ExplainOptions& options) {
    if (options.page) {
        fmt::print("{}", template_::diagnostics_page());
        return exit_ok;
    }
    std::vector<template_::Code> chosen;
    if (options.code.empty()) {
        chosen = template_::all_codes();
    } else if (const auto* code = template_::find_code(options.code)) {
        chosen.push_back(*code);
    } else {
        return complain({"code.unknown", options.code, "there is no such code; `testudo explain` lists all"});
    }
    if (options.json) {
        json::array all;
        for (const auto& code : chosen)
            all.push_back(to_json(code));
        fmt::print("{}\n", json::serialize(all));
    } else if (options.code.empty()) {
        for (const auto& code : chosen)
            fmt::print("{}  {}\n", code.code, code.title);
    } else {
        fmt::print("{}", template_::explain(chosen.front()));
    }
    return exit_ok;
}

} // namespace testudo::cli
