#include "orchestrator/plan/schema.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/plan/parameters.hpp"
#include "orchestrator/template/shape.hpp"

namespace testudo::plan {
namespace {

namespace shape = template_::shape;

// A number or a duration may be calculated: `{{ 8000 + team.number }}`.
json::object or_expression(std::string_view title, std::string_view pattern, bool number) {
    json::array kinds{shape::matching("text", fmt::format("{}|[{{][{{]", pattern))};
    if (number)
        kinds.insert(kinds.begin(), json::object{{"type", "integer"}});
    return {{"title", json::string(title)}, {"anyOf", std::move(kinds)}};
}

json::object shape_of(Parameter::Kind kind) {
    const auto number = or_expression("whole number", "^(0|-?[1-9][0-9]*)$", true);
    switch (kind) {
    case Parameter::Kind::text:
        return shape::text();
    case Parameter::Kind::number:
        return number;
    case Parameter::Kind::duration:
        return or_expression("duration", shape::duration().at("pattern").as_string(), false);
    case Parameter::Kind::texts:
        return shape::one_or_many(shape::text());
    case Parameter::Kind::numbers:
        return shape::one_or_many(number);
    case Parameter::Kind::machine:
        break;
    }
    auto machine = shape::text();
    machine["title"] = "name of a machine";
    return machine;
}

json::object table_of(const Parameters& known) {
    json::object properties;
    json::array required;
    for (const auto& parameter : known) {
        auto one = shape_of(parameter.kind);
        one["description"] = json::string(parameter.doc);
        properties[parameter.word] = std::move(one);
        if (parameter.required)
            required.push_back(json::string(parameter.word));
    }
    json::object out{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
    if (!required.empty())
        out["required"] = std::move(required);
    return out;
}

// All that any of `tables` knows, none of it required: what can be said when the type is not.
json::object any_of_them(const std::vector<json::object>& tables) {
    json::object keys;
    for (const auto& table : tables)
        for (const auto& member : table.at("properties").as_object()) {
            auto* known = keys.if_contains(member.key());
            if (!known)
                keys[member.key()] = json::object{{"anyOf", json::array{member.value()}}};
            else if (auto& all = known->as_object()["anyOf"].as_array();
                     std::find(all.begin(), all.end(), member.value()) == all.end())
                all.push_back(member.value());
        }
    return {{"title", "mapping; its keys depend on the type"},
            {"type", "object"},
            {"additionalProperties", false},
            {"properties", std::move(keys)}};
}

class Completer {
  public:
    explicit Completer(json::object schema) : schema_(std::move(schema)) {}

    json::object run() {
        visit(schema_);
        auto& definitions = schema_["definitions"].as_object();
        for (auto& member : definitions_)
            definitions[member.key()] = std::move(member.value());
        return std::move(schema_);
    }

  private:
    void visit(json::value& node) {
        if (node.is_array())
            for (auto& item : node.get_array())
                visit(item);
        if (node.is_object())
            visit(node.get_object());
    }

    void visit(json::object& node) {
        for (auto& member : node)
            visit(member.value());
        const auto title = text_or(node, "title");
        if (title == "an action" || title == "a message" || title == "a choice")
            node["oneOf"] = json::array{json::object{{"required", json::array{"at"}}},
                                        json::object{{"required", json::array{"when"}}}};
        if (title == "an action")
            complete_action(node);
        else if (title == "a check")
            complete_check(node);
        else if (title == "a service that users ask")
            complete_visit(node);
    }

    // `{ if: key is word, then: those parts are as defined }`
    json::object when(std::string_view key, std::string_view word, const std::vector<std::string>& parts) {
        json::object properties;
        json::array required;
        for (const auto& part : parts) {
            const auto name = fmt::format("{}-{}", part, word);
            properties[part] = json::object{{"$ref", json::string("#/definitions/" + name)}};
            if (definitions_.at(name).as_object().contains("required"))
                required.push_back(json::string(part));
        }
        json::object then{{"properties", std::move(properties)}};
        if (!required.empty())
            then["required"] = std::move(required);
        const json::object is{{key, json::object{{"const", json::string(word)}}}};
        return {{"if", json::object{{"properties", is}, {"required", json::array{json::string(key)}}}},
                {"then", std::move(then)}};
    }

    void define(std::string_view part, std::string_view word, json::object table) {
        table["title"] = json::string(fmt::format("`{}` of `{}`", part, word));
        definitions_[fmt::format("{}-{}", part, word)] = std::move(table);
    }

    static const json::array& words_of(const json::object& node, std::string_view key) {
        return node.at("properties").as_object().at(key).as_object().at("enum").as_array();
    }

    static void replace(json::object& node, std::string_view key, json::object by) {
        auto& slot = node["properties"].as_object()[key];
        by["description"] = slot.as_object().at("description");
        slot = std::move(by);
    }

    void complete_action(json::object& node) {
        json::array cases;
        std::vector<json::object> all;
        for (const auto& one : words_of(node, "action")) {
            const std::string word(one.as_string());
            all.push_back(table_of(find_action(word)->with));
            define("with", word, all.back());
            cases.push_back(when("action", word, {"with"}));
        }
        replace(node, "with", any_of_them(all));
        node["allOf"] = std::move(cases);
    }

    void complete_check(json::object& node) {
        json::array cases;
        std::vector<json::object> asked_of;
        std::vector<json::object> expected_of;
        for (const auto& one : words_of(node, "type")) {
            const std::string word(one.as_string());
            asked_of.push_back(table_of(asked(word)));
            expected_of.push_back(table_of(expected(word)));
            define("ask", word, asked_of.back());
            define("expect", word, expected_of.back());
            cases.push_back(when("type", word, {"ask", "expect"}));
        }
        replace(node, "ask", any_of_them(asked_of));
        replace(node, "expect", any_of_them(expected_of));
        node["allOf"] = std::move(cases);
    }

    // Its type follows from the service.
    static void complete_visit(json::object& node) {
        std::vector<json::object> asked_of;
        std::vector<json::object> expected_of;
        for (const auto* type : {"icmp", "tcp", "http", "dns", "ssh", "smtp", "postgresql", "modbus"}) {
            asked_of.push_back(table_of(asked(type)));
            expected_of.push_back(table_of(expected(type)));
        }
        replace(node, "ask", any_of_them(asked_of));
        replace(node, "expect", any_of_them(expected_of));
    }

    json::object schema_;
    json::object definitions_;
};

} // namespace

json::object schema(template_::Whole whole) {
    return Completer(template_::schema(whole)).run();
}

} // namespace testudo::plan
