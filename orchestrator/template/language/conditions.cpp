#include "orchestrator/template/language/conditions.hpp"

#include <fmt/format.h>

#include "orchestrator/template/words.hpp"

namespace testudo::template_ {
namespace {

void read_parts(Reader& r, const Node& node, Condition& c, std::string_view joint) {
    if (node.kind != Node::Kind::sequence || node.items.empty())
        return r.wrong(node, "a list of conditions");
    for (const auto& item : node.items) {
        c.parts.push_back(read_condition(r, *item));
        const auto& part = c.parts.back();
        c.text +=
            fmt::format("{}{}", c.text.empty() ? "" : joint, part.parts.size() < 2 ? part.text : "(" + part.text + ")");
    }
}

} // namespace

Condition read_condition(Reader& r, const Node& node) {
    Condition c;
    c.span = node.span;
    if (node.kind == Node::Kind::scalar)
        return parse_condition(Text{node.scalar, node.span}, r.out);
    if (node.kind != Node::Kind::mapping || node.entries.size() != 1) {
        r.wrong(node, "a condition", "write a text, or a mapping with one of `all`, `any` and `not`");
        return c;
    }
    const auto& [key, key_span, value] = node.entries.front();
    if (key == "all" || key == "any") {
        c.kind = key == "all" ? Condition::Kind::all : Condition::Kind::any;
        read_parts(r, *value, c, key == "all" ? " and " : " or ");
    } else if (key == "not") {
        c.kind = Condition::Kind::negation;
        c.parts.push_back(read_condition(r, *value));
        const auto& part = c.parts.front();
        c.text = part.parts.empty() ? "not " + part.text : fmt::format("not ({})", part.text);
    } else {
        error(r.out, "T0201", key_span, fmt::format("the key `{}` is not known in a condition", key),
              suggest(key, {"all", "any", "not"}));
    }
    return c;
}

Condition read_exercise_time(Reader& r, const Node& node) {
    if (node.kind == Node::Kind::scalar && node.scalar.starts_with("T+"))
        return parse_condition(Text{node.scalar, node.span}, r.out);
    r.wrong(node, "an exercise time such as T+5m", "conditions go under `when:`");
    return {};
}

json::object condition_schema() {
    // Whatever stands beside a `$ref` is ignored by draft 7, hence the list of one.
    return {{"title", "condition"}, {"allOf", json::array{json::object{{"$ref", "#/definitions/condition"}}}}};
}

json::object condition_definition() {
    const json::object one{{"$ref", "#/definitions/condition"}};
    const json::object several{{"type", "array"}, {"minItems", 1}, {"items", one}};
    return {{"anyOf", json::array{json::object{{"type", "string"}},
                                  json::object{{"type", "object"},
                                               {"additionalProperties", false},
                                               {"minProperties", 1},
                                               {"maxProperties", 1},
                                               {"properties",
                                                json::object{{"all", several}, {"any", several}, {"not", one}}}}}}};
}

} // namespace testudo::template_
