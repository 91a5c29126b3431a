#include "orchestrator/template/language.hpp"

#include <fmt/format.h>
#include <utility>

#include "orchestrator/template/language/conditions.hpp"
#include "orchestrator/template/language/parts.hpp"

namespace testudo::template_ {
namespace {

std::vector<Key<Template>> joined(std::vector<std::vector<Key<Template>>> topics) {
    std::vector<Key<Template>> all;
    for (auto& topic : topics)
        for (auto& key : topic)
            all.push_back(std::move(key));
    return all;
}

// What may stand in a template as well as in a file that it includes.
std::vector<Key<Template>> part_keys() {
    return joined({range_keys(), check_keys(), timeline_keys()});
}

const Table<Template>& part_table() {
    static const Table<Template> table("an included file", [] {
        std::vector<Key<Template>> keys{
            text("label", &Template::label, "Confidentiality of all machines, messages and actions in this file.")};
        return joined({std::move(keys), part_keys()});
    }());
    return table;
}

template <class T> void label_from(std::vector<T>& all, std::size_t first, const Text& label) {
    for (auto i = first; i < all.size(); ++i)
        if (!all[i].label.given())
            all[i].label = label;
}

// What a file says of its label holds for its own machines, messages and actions.
void read_part(Reader& r, const Node& root, Template& t) {
    const auto exercise = std::exchange(t.label, Text{});
    const auto machines = t.machines.size();
    const auto profiles = t.profiles.size();
    const auto timeline = t.timeline.size();
    part_table().read(r, root, t);
    const auto label = std::exchange(t.label, exercise);
    label_from(t.machines, machines, label);
    label_from(t.profiles, profiles, label);
    label_from(t.timeline, timeline, label);
}

void read_includes(Reader& r, const Node& node, Template& t) {
    std::vector<Text> names;
    r.texts(node, names);
    for (const auto& name : names)
        if (const auto file = r.source(name))
            if (const auto root = parse_yaml(file, r.out))
                read_part(r, *root, t);
}

void read_version(Reader& r, const Node& node, Template& t) {
    Number version;
    r.number(node, 1, 1'000'000, version);
    if (!version.given())
        return;
    if (version.value != language_version)
        error(r.out, "T0212", version.span,
              fmt::format("format version {} is not known; this program reads version {}", version.value,
                          language_version));
    t.version = version;
}

const Table<Template>& template_table() {
    static const Table<Template> table("a template", [] {
        std::vector<Key<Template>> keys{
            special<Template>(
                "testudo", read_version,
                [] {
                    return json::object{{"title", "version"}, {"const", language_version}};
                },
                "The version of the language: 1.")
                .must(),
            special<Template>(
                "exercise",
                [](Reader& r, const Node& node, Template& t) {
                    Text name;
                    r.text(node, name);
                    if (name.given())
                        r.name(name, "an exercise", longest_id, t.exercise);
                },
                [] { return shape::name(longest_id); }, "The name of the exercise.")
                .must(),
            text("title", &Template::title, "The name that people read."),
            text("label", &Template::label, "Confidentiality of all that the exercise makes."),
            duration("duration", &Template::duration, "Exercise time from STARTEX to ENDEX.").must(),
            special<Template>(
                "include", read_includes, [] { return shape::one_or_many(shape::file()); },
                "Files with shared parts, beside the template or in `lib/`.")};
        return joined({std::move(keys), who_keys(), part_keys(), phase_keys(), scoring_keys()});
    }());
    return table;
}

} // namespace

void read_template(Reader& reader, const Node& root, Template& out) {
    template_table().read(reader, root, out);
}

json::object schema(Whole whole) {
    auto out = whole == Whole::template_ ? template_table().schema() : part_table().schema();
    out["$schema"] = "http://json-schema.org/draft-07/schema#";
    out["definitions"] = json::object{{"condition", condition_definition()}};
    return out;
}

} // namespace testudo::template_
