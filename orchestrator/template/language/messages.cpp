#include "orchestrator/template/language/messages.hpp"

#include "orchestrator/template/language/parts.hpp"

namespace testudo::template_ {
namespace {

bool is_language(std::string_view key) {
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    return key.size() == 2 && small(key[0]) && small(key[1]);
}

void refuse_language(Reader& r, const std::string& word, const Span& span) {
    error(r.out, "T1205", span, "`" + word + "` is no language",
          "languages are two small letters of ISO 639: en, fr, et");
}

// A text, `{ file: NAME }`, or either of them by language.
void read_local(Reader& r, const Node& node, std::vector<LocalText>& texts) {
    if (node.kind != Node::Kind::mapping || node.entries.empty() || !is_language(node.entries.front().key)) {
        Text one;
        r.text_or_file(node, one);
        if (one.given())
            texts.push_back({"", std::move(one)});
        return;
    }
    for (const auto& entry : node.entries) {
        if (!is_language(entry.key)) {
            refuse_language(r, entry.key, entry.key_span);
            continue;
        }
        Text one;
        r.text_or_file(*entry.value, one);
        if (one.given())
            texts.push_back({entry.key, std::move(one)});
    }
}

Key<InjectSpec> local(std::string_view name, std::vector<LocalText> InjectSpec::*member, std::string_view doc) {
    return special<InjectSpec>(
        name, [member](Reader& r, const Node& node, InjectSpec& inject) { read_local(r, node, inject.*member); },
        [] {
            const auto one = shape::text_or_file();
            return json::object{{"title", "text, `{ file: NAME }`, or either by language"},
                                {"anyOf", json::array{one, json::object{{"type", "object"},
                                                                        {"propertyNames", language_schema()},
                                                                        {"additionalProperties", one}}}}};
        },
        doc);
}

void read_attachments(Reader& r, const Node& node, InjectSpec& inject) {
    std::vector<Text> names;
    r.texts(node, names);
    for (const auto& name : names)
        if (const auto file = r.source(name))
            inject.attachments.push_back({name, Text{file->text, Span{file, 0, 0}}});
}

const Table<RubricItemSpec>& rubric_table() {
    static const auto table =
        Table<RubricItemSpec>("an item of a rubric",
                              {text("title", &RubricItemSpec::title, "What is graded, in words."),
                               points("points", &RubricItemSpec::points, "What it is worth at best.").must()})
            .or_text([](Reader& r, const Text& value, RubricItemSpec& item) { r.points(value, item.points); },
                     shape::points());
    return table;
}

const Key<ExpectsSpec>& rubric_items() {
    static const auto key = each("rubric", &ExpectsSpec::rubric, rubric_table(), longest_id, "");
    return key;
}

// The items themselves, or the name of a file that holds them.
Key<ExpectsSpec> rubric() {
    return special<ExpectsSpec>(
        "rubric",
        [](Reader& r, const Node& node, ExpectsSpec& expects) {
            if (node.kind != Node::Kind::scalar)
                return rubric_items().read(r, node, expects);
            if (const auto file = r.source(Text{node.scalar, node.span}))
                if (const auto root = parse_yaml(file, r.out))
                    rubric_items().read(r, *root, expects);
        },
        [] {
            return json::object{{"anyOf", json::array{shape::file(), rubric_items().schema()}}};
        },
        "How it is graded; its points add up to its value. Or the file that holds it: `lib/rubrics/media.yaml`.");
}

const Table<ExpectsSpec>& expects_table() {
    static const Table<ExpectsSpec> table(
        "an expected report",
        {text("report", &ExpectsSpec::report, "The kind of report: `incident`, `media`.").must(),
         duration("within", &ExpectsSpec::within, "How long after the message it is due.").must(), rubric().must()});
    return table;
}

} // namespace

void read_language(Reader& r, const Node& node, Text& value) {
    Text word;
    r.text(node, word);
    if (word.given() && !is_language(word.value))
        refuse_language(r, word.value, word.span);
    else
        value = word;
}

json::object language_schema() {
    return shape::matching("language", "^[a-z]{2}$");
}

std::vector<Key<InjectSpec>> message_keys() {
    return {text("message", &InjectSpec::id, "Its name.").must(),
            word("kind", &InjectSpec::kind, {"mail", "news", "call", "order"}, "How it comes; mail if not given."),
            text("from", &InjectSpec::from, "Who it comes from: `National CERT`.").must(),
            local("subject", &InjectSpec::subject, "Its subject line; by language `{ en: .., fr: .. }`.").must(),
            local("body", &InjectSpec::body,
                  "Its text, or `{ file: messages/NAME.md }`; by language `{ en: .., fr: { file: .. } }`.")
                .must(),
            special<InjectSpec>(
                "attach", read_attachments, [] { return shape::one_or_many(shape::file()); },
                "Text files that come with it, beside the template or in `lib/`."),
            text("expected", &InjectSpec::expected, "What the team should do, for controllers."),
            part("expects", &InjectSpec::expects, expects_table(), "The report that the team should write.")};
}

} // namespace testudo::template_
