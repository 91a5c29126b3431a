#include "orchestrator/template/language/conditions.hpp"

#include <fmt/format.h>

#include "orchestrator/template/words.hpp"

namespace testudo::template_ {
namespace {

std::vector<Condition> read_parts(Reader& r, const Node& node) {
    std::vector<Condition> parts;
    if (node.kind != Node::Kind::sequence || node.items.empty())
        r.wrong(node, "a list of conditions");
    else
        for (const auto& item : node.items)
            parts.push_back(read_condition(r, *item));
    return parts;
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
        c = combined(key == "all" ? Condition::Kind::all : Condition::Kind::any, read_parts(r, *value), node.span);
    } else if (key == "not") {
        c = combined(Condition::Kind::negation, {read_condition(r, *value)}, node.span);
    } else {
        error(r.out, "T0201", key_span, fmt::format("the key `{}` is not known in a condition", key),
              suggest(key, {"all", "any", "not"}));
    }
    return c;
}

Condition read_exercise_time(Reader& r, const Node& node) {
    if (node.kind == Node::Kind::scalar)
        if (auto moment = parse_moment(Text{node.scalar, node.span}, r.out))
            return *moment;
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
