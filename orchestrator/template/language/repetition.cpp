#include "orchestrator/template/language/repetition.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/template/language/conditions.hpp"
#include "orchestrator/template/language/parts.hpp"
#include "orchestrator/template/quantity.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::template_ {
namespace {

// "1..12": both ends and what lies between them.
bool read_range(Reader& r, const Text& text, std::vector<Text>& values) {
    const auto dots = text.value.find("..");
    if (dots == std::string::npos)
        return false;
    const auto first = parse_whole_number(text.value.substr(0, dots));
    const auto last = parse_whole_number(text.value.substr(dots + 2));
    if (!first || !last || *first < 0 || *last < *first || *last > most_injects)
        error(r.out, "T1203", text.span, fmt::format("`{}` is no range of numbers", text.value),
              fmt::format("write 1..12; at most {}", most_injects));
    else
        for (auto n = *first; n <= *last; ++n)
            values.push_back(Text{std::to_string(n), text.span});
    return true;
}

// A list of texts, or a range.
std::vector<Text> read_values(Reader& r, const Node& node) {
    std::vector<Text> values;
    if (node.kind == Node::Kind::scalar && read_range(r, Text{node.scalar, node.span}, values))
        return values;
    if (node.kind == Node::Kind::sequence && node.items.empty())
        error(r.out, "T1202", node.span, "nothing stands in this list, so nothing would happen");
    else if (node.kind == Node::Kind::sequence)
        r.texts(node, values);
    else
        r.wrong(node, "a list, or a range such as 1..12");
    return values;
}

bool may_be_called(Reader& r, const Text& name) {
    Text good;
    r.name(name, "a value", longest_id, good);
    if (!good.given())
        return false;
    static const std::vector<std::string> taken{"exercise", "index", "item", "nation", "number", "round", "team"};
    if (std::find(taken.begin(), taken.end(), name.value) == taken.end())
        return true;
    error(r.out, "T1204", name.span, fmt::format("`{}` has a meaning already", name.value),
          "give the value another name");
    return false;
}

// Lists under their names: every value of one with every value of the others, the first name changing slowest.
std::vector<Row> combinations(Reader& r, const Node& node) {
    std::vector<Row> rows{{}};
    for (const auto& entry : node.entries) {
        if (!may_be_called(r, Text{entry.key, entry.key_span}))
            return {};
        const auto values = read_values(r, *entry.value);
        if (values.empty())
            return {};
        if (rows.size() * values.size() > most_injects) {
            error(r.out, "T1201", entry.key_span, fmt::format("this makes more than {} injects", most_injects));
            return {};
        }
        std::vector<Row> longer;
        longer.reserve(rows.size() * values.size());
        for (const auto& row : rows)
            for (const auto& value : values) {
                longer.push_back(row);
                longer.back().emplace_back(entry.key, value);
            }
        rows = std::move(longer);
    }
    return rows;
}

Row read_row(Reader& r, const Node& node) {
    Row row;
    for (const auto& entry : node.entries) {
        Text value;
        r.text(*entry.value, value);
        if (value.given() && may_be_called(r, Text{entry.key, entry.key_span}))
            row.emplace_back(entry.key, value);
    }
    return row;
}

void read_each(Reader& r, const Node& node, InjectSpec& inject) {
    inject.each_span = node.span;
    if (node.kind == Node::Kind::mapping) {
        inject.each = combinations(r, node);
        return;
    }
    const bool rows = node.kind == Node::Kind::sequence && !node.items.empty() &&
                      std::all_of(node.items.begin(), node.items.end(),
                                  [](const auto& item) { return item->kind == Node::Kind::mapping; });
    if (rows) {
        for (const auto& item : node.items)
            inject.each.push_back(read_row(r, *item));
        return;
    }
    for (auto& value : read_values(r, node))
        inject.each.push_back({{"item", std::move(value)}});
}

json::object each_schema() {
    const json::object list{{"type", "array"}, {"minItems", 1}, {"items", shape::text()}};
    const json::object values{{"anyOf", json::array{shape::matching("range", "^[0-9]+[.][.][0-9]+$"), list}}};
    const json::object row{{"type", "object"}, {"additionalProperties", shape::text()}};
    const json::object rows{{"type", "array"}, {"minItems", 1}, {"items", row}};
    const json::object lists{{"type", "object"}, {"additionalProperties", values}};
    return {{"title", "list, range, list of rows, or lists by name"}, {"anyOf", json::array{values, rows, lists}}};
}

const Table<RepeatSpec>& repeat_table() {
    static const Table<RepeatSpec> table(
        "a repetition",
        {duration("every", &RepeatSpec::every, "How long from one time to the next.").must(),
         number("times", &RepeatSpec::times, 1, most_injects, "How often in all."),
         special<RepeatSpec>(
             "until",
             [](Reader& r, const Node& node, RepeatSpec& repeat) {
                 auto moment =
                     node.kind == Node::Kind::scalar ? parse_moment(Text{node.scalar, node.span}, r.out) : std::nullopt;
                 repeat.until = moment ? std::move(*moment) : read_condition(r, node);
             },
             condition_schema,
             "The exercise time after which it is not repeated, or a condition that ends it; not given: ENDEX.")});
    return table;
}

} // namespace

std::vector<Key<InjectSpec>> repetition_keys() {
    return {
        special<InjectSpec>("each", read_each, each_schema,
                            "One inject for each: `[portal, mail]` is `{{ item }}` in turn; `{ asset: [portal, mail], "
                            "wave: 1..3 }` is every combination; a list of mappings is one for each of them."),
        special<InjectSpec>(
            "repeat",
            [](Reader& r, const Node& node, InjectSpec& inject) {
                inject.repeat.span = node.span;
                repeat_table().read(r, node, inject.repeat);
            },
            [] { return repeat_table().schema(); },
            "Again and again: `{ every: 30m, times: 12 }`, `{ every: 1h, until: ENDEX - 2h }`; `{{ round }}` counts.")};
}

} // namespace testudo::template_
