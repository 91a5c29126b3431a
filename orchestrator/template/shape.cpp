#include "orchestrator/template/shape.hpp"

#include <fmt/format.h>

namespace testudo::template_::shape {
namespace {

// The largest unit first, each at most once, at least one.
constexpr std::string_view duration_pattern = "(?=[0-9])([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?";

} // namespace

json::object text() {
    // Readers of YAML make numbers and truth values of some words without quotes; to us they are texts.
    return {{"title", "text"}, {"type", json::array{"string", "number", "boolean"}}};
}

json::object one_or_many(json::object one) {
    const auto& title = one.at("title").as_string();
    return {{"title", json::string(fmt::format("{}, or a list of such", std::string_view(title)))},
            {"anyOf", json::array{one, json::object{{"type", "array"}, {"items", one}}}}};
}

json::object word(const std::vector<std::string>& words) {
    json::array all;
    for (const auto& one : words)
        all.push_back(json::string(one));
    return {{"title", "word"}, {"enum", std::move(all)}};
}

json::object whole_number(std::int64_t least, std::int64_t most) {
    return {{"title", "whole number"}, {"type", "integer"}, {"minimum", least}, {"maximum", most}};
}

json::object points() {
    return {{"title", "points"},
            {"anyOf", json::array{json::object{{"type", "number"}, {"minimum", 0}, {"maximum", 1'000'000}},
                                  json::object{{"type", "string"}, {"pattern", "^[0-9]+([.][0-9]{1,3})?$"}}}}};
}

json::object mebibytes() {
    return matching("amount of memory", "^[0-9]+ *(MiB|GiB)$");
}

json::object duration() {
    return matching("duration", fmt::format("^{}$", duration_pattern));
}

json::object exercise_time() {
    // "T+5m"; STARTEX, ENDEX, a day or a phase, and so long before or after it; or calculated.
    return matching("exercise time",
                    fmt::format("^(T *[+] *{0}|(STARTEX|ENDEX|[a-z][a-z0-9]*(-[a-z0-9]+)*)( *[+-] *{0})?)$|[{{][{{]",
                                duration_pattern));
}

json::object flag() {
    return {{"title", "truth value"}, {"type", "boolean"}};
}

json::object text_or_file() {
    return {{"title", "text, or `{ file: NAME }`"},
            {"anyOf", json::array{text(), json::object{{"type", "object"},
                                                       {"additionalProperties", false},
                                                       {"properties", json::object{{"file", file()}}},
                                                       {"required", json::array{"file"}}}}}};
}

json::object file() {
    return {{"title", "name of a file"}, {"type", "string"}};
}

json::object name(std::size_t longest) {
    return {
        {"title", "name"}, {"type", "string"}, {"pattern", "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"}, {"maxLength", longest}};
}

json::object matching(std::string_view title, std::string_view pattern) {
    return {{"title", json::string(title)}, {"type", "string"}, {"pattern", json::string(pattern)}};
}

} // namespace testudo::template_::shape
