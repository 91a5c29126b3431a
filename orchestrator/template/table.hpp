#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/json.hpp"
#include "orchestrator/template/reader.hpp"
#include "orchestrator/template/shape.hpp"

// One table per kind of mapping says which keys there are, what they hold and what they mean. The reader that fills our
// structures and the JSON Schema for editors both come from it, so neither knows a key that the other does not.
namespace testudo::template_ {

template <class T> struct Key {
    std::string_view name;
    std::string_view doc;
    std::function<void(Reader&, const Node&, T&)> read;
    std::function<json::object()> schema;
    bool required = false;

    Key must() && {
        required = true;
        return std::move(*this);
    }
    // What the schema says of it, where that is more than its kind says.
    Key shaped(json::object shape) && {
        schema = [shape = std::move(shape)] { return shape; };
        return std::move(*this);
    }
};

template <class T> class Table {
  public:
    // `what` finishes the sentence "this is ...": "a machine".
    Table(std::string what, std::vector<Key<T>> keys) : what_(std::move(what)), keys_(std::move(keys)) {}

    // The mapping may be shortened to a text of that shape, read by `read`.
    Table or_text(std::function<void(Reader&, const Text&, T&)> read, json::object shape = shape::text()) && {
        short_form_ = std::move(read);
        short_shape_ = std::move(shape);
        return std::move(*this);
    }

    // False if what stands there is no such thing at all.
    bool read(Reader& reader, const Node& node, T& value) const {
        if (short_form_ && node.kind == Node::Kind::scalar) {
            short_form_(reader, Text{node.scalar, node.span}, value);
            return true;
        }
        if (node.kind != Node::Kind::mapping) {
            reader.wrong(node, what_ + " with its keys");
            return false;
        }
        for (const auto& entry : node.entries)
            read_entry(reader, entry, value);
        for (const auto& key : keys_)
            if (key.required && !node.find(key.name))
                error(reader.out, "T0202", node.span, what_ + " needs the key `" + std::string(key.name) + "`",
                      std::string(key.doc));
        return true;
    }

    json::object schema() const {
        json::object properties;
        json::array required;
        for (const auto& key : keys_) {
            auto one = key.schema();
            one["description"] = json::string(key.doc);
            properties[key.name] = std::move(one);
            if (key.required)
                required.push_back(json::string(key.name));
        }
        json::object out{{"title", json::string(what_)},
                         {"type", "object"},
                         {"additionalProperties", false},
                         {"properties", std::move(properties)}};
        if (!required.empty())
            out["required"] = std::move(required);
        if (short_form_)
            return json::object{{"anyOf", json::array{short_shape_, std::move(out)}}};
        return out;
    }

    const std::string& what() const { return what_; }

  private:
    void read_entry(Reader& reader, const Node::Entry& entry, T& value) const {
        for (const auto& key : keys_)
            if (key.name == entry.key)
                return key.read(reader, *entry.value, value);
        std::vector<std::string> known;
        for (const auto& key : keys_)
            known.emplace_back(key.name);
        error(reader.out, "T0201", entry.key_span, "the key `" + entry.key + "` is not known in " + what_,
              suggest(entry.key, known));
    }

    std::string what_;
    std::vector<Key<T>> keys_;
    std::function<void(Reader&, const Text&, T&)> short_form_;
    json::object short_shape_;
};

// What a key may hold. Each gives the reader and the schema of one member.

template <class T> Key<T> text(std::string_view name, Text T::*member, std::string_view doc) {
    return {name, doc, [member](Reader& r, const Node& n, T& t) { r.text(n, t.*member); }, shape::text};
}

template <class T> Key<T> texts(std::string_view name, std::vector<Text> T::*member, std::string_view doc) {
    return {name, doc, [member](Reader& r, const Node& n, T& t) { r.texts(n, t.*member); },
            [] { return shape::one_or_many(shape::text()); }};
}

template <class T>
Key<T> word(std::string_view name, Text T::*member, std::vector<std::string> words, std::string_view doc) {
    return {name, doc, [member, words](Reader& r, const Node& n, T& t) { r.word(n, words, t.*member); },
            [words] { return shape::word(words); }};
}

template <class T>
Key<T> number(std::string_view name, Number T::*member, std::int64_t least, std::int64_t most, std::string_view doc) {
    return {name, doc, [=](Reader& r, const Node& n, T& t) { r.number(n, least, most, t.*member); },
            [=] { return shape::whole_number(least, most); }};
}

template <class T> Key<T> points(std::string_view name, Number T::*member, std::string_view doc) {
    return {name, doc, [member](Reader& r, const Node& n, T& t) { r.points(n, t.*member); }, shape::points};
}

template <class T>
Key<T> mebibytes(std::string_view name, Number T::*member, std::int64_t least, std::int64_t most,
                 std::string_view doc) {
    return {name, doc, [=](Reader& r, const Node& n, T& t) { r.mebibytes(n, least, most, t.*member); },
            shape::mebibytes};
}

template <class T> Key<T> duration(std::string_view name, Duration T::*member, std::string_view doc) {
    return {name, doc, [member](Reader& r, const Node& n, T& t) { r.duration(n, t.*member); }, shape::duration};
}

template <class T> Key<T> flag(std::string_view name, Flag T::*member, std::string_view doc) {
    return {name, doc, [member](Reader& r, const Node& n, T& t) { r.flag(n, t.*member); }, shape::flag};
}

template <class T> Key<T> text_or_file(std::string_view name, Text T::*member, std::string_view doc) {
    return {name, doc, [member](Reader& r, const Node& n, T& t) { r.text_or_file(n, t.*member); }, shape::text_or_file};
}

template <class T> Key<T> file(std::string_view name, Text T::*member, std::string_view doc) {
    return {name, doc, [member](Reader& r, const Node& n, T& t) { r.file(n, t.*member); }, shape::file};
}

// A mapping.
template <class T, class M>
Key<T> part(std::string_view name, M T::*member, const Table<M>& table, std::string_view doc) {
    return {name, doc, [member, &table](Reader& r, const Node& n, T& t) { table.read(r, n, t.*member); },
            [&table] { return table.schema(); }};
}

// A mapping from names to mappings; the name goes to the member `id`.
template <class T, class M>
Key<T> each(std::string_view name, std::vector<M> T::*member, const Table<M>& table, std::size_t longest_name,
            std::string_view doc) {
    return {name, doc,
            [=, &table](Reader& r, const Node& n, T& t) {
                if (n.kind != Node::Kind::mapping)
                    return r.wrong(n, "a mapping from names to " + table.what());
                (t.*member).reserve((t.*member).size() + n.entries.size());
                for (const auto& entry : n.entries) {
                    M one;
                    r.name(Text{entry.key, entry.key_span}, table.what(), longest_name, one.id);
                    if (table.read(r, *entry.value, one) && one.id.given())
                        (t.*member).push_back(std::move(one));
                }
            },
            [&table, longest_name] {
                return json::object{{"type", "object"},
                                    {"propertyNames", shape::name(longest_name)},
                                    {"additionalProperties", table.schema()}};
            }};
}

// A list of mappings.
template <class T, class M>
Key<T> list(std::string_view name, std::vector<M> T::*member, const Table<M>& table, std::string_view doc) {
    return {name, doc,
            [=, &table](Reader& r, const Node& n, T& t) {
                if (n.kind != Node::Kind::sequence)
                    return r.wrong(n, "a list");
                for (const auto& item : n.items) {
                    M one;
                    if (table.read(r, *item, one))
                        (t.*member).push_back(std::move(one));
                }
            },
            [&table] {
                return json::object{{"type", "array"}, {"items", table.schema()}};
            }};
}

// Anything else.
template <class T>
Key<T> special(std::string_view name, std::function<void(Reader&, const Node&, T&)> read,
               std::function<json::object()> schema, std::string_view doc) {
    return {name, doc, std::move(read), std::move(schema)};
}

} // namespace testudo::template_
