#include <fmt/format.h>
#include <set>

#include "orchestrator/plan/schema.hpp"

namespace testudo::plan {
namespace {

std::string capitalised(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
}

// "a machine" -> "a-machine", "`with` of `deface`" -> "with-of-deface", as Markdown readers make them of headings
std::string anchor_of(std::string_view title) {
    std::string out;
    for (const char c : title)
        if (c == ' ')
            out += '-';
        else if (c != '`')
            out += c;
    return out;
}

// In a cell of a table a bar would end the cell.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

// Writes a section for every table of keys, in the order in which they are met.
class Writer {
  public:
    explicit Writer(const json::object& schema) : schema_(schema) {}

    std::string run() {
        section(schema_);
        for (std::size_t next = 0; next < waiting_.size(); ++next)
            section(*waiting_[next]);
        // What checks and actions are given comes last, each kind by itself.
        for (const auto& member : object_or_empty(schema_, "definitions"))
            if (!object_or_empty(member.value().as_object(), "properties").empty() &&
                member.value().as_object().contains("title"))
                section(member.value().as_object());
        return std::move(out_);
    }

  private:
    void section(const json::object& table) {
        std::set<std::string> required;
        for (const auto& key : array_or_empty(table, "required"))
            required.emplace(key.as_string());
        out_ += fmt::format("\n## {}\n\n| key | holds | meaning |\n| --- | --- | --- |\n",
                            capitalised(text_or(table, "title")));
        for (const auto& member : object_or_empty(table, "properties")) {
            const auto& value = member.value().as_object();
            const std::string name(member.key());
            out_ += fmt::format("| `{}`{} | {} | {} |\n", name, required.contains(name) ? " (must)" : "",
                                cell(holds(value)), cell(capitalised(text_or(value, "description"))));
        }
    }

    // What a value may be, in words; tables that are met get their section.
    std::string holds(const json::object& value) {
        if (value.contains("enum")) {
            std::string out;
            for (const auto& word : value.at("enum").as_array())
                out += fmt::format("{}`{}`", out.empty() ? "" : ", ", std::string_view(word.as_string()));
            return out;
        }
        if (const auto* only = value.if_contains("const"))
            return fmt::format("`{}`", json::serialize(*only));
        if (text_or(value, "type") == "integer")
            return fmt::format("{}, {} to {}", text_or(value, "title", "whole number"), int_or(value, "minimum"),
                               int_or(value, "maximum"));
        if (text_or(value, "type") == "object" && value.contains("propertyNames"))
            return fmt::format("mapping from names to {}", holds(object_or_empty(value, "additionalProperties")));
        if (text_or(value, "type") == "array")
            return fmt::format("list of {}", holds(object_or_empty(value, "items")));
        if (text_or(value, "type") == "object" && value.contains("properties") && !is_loose(value))
            return link(value);
        if (const auto title = text_or(value, "title"); !title.empty())
            return title;
        std::string out;
        for (const auto& one : array_or_empty(value, "anyOf"))
            out += fmt::format("{}{}", out.empty() ? "" : ", or ", holds(one.as_object()));
        return out.empty() ? "text" : out;
    }

    // `with`, `ask` and `expect`, whose keys have sections of their own, by type.
    static bool is_loose(const json::object& value) { return text_or(value, "title").starts_with("mapping;"); }

    std::string link(const json::object& table) {
        const auto title = text_or(table, "title");
        if (known_.insert(title).second)
            waiting_.push_back(&table);
        return fmt::format("[{}](#{})", title, anchor_of(title));
    }

    const json::object& schema_;
    std::vector<const json::object*> waiting_;
    std::set<std::string> known_;
    std::string out_;
};

} // namespace

std::string reference() {
    const auto whole = schema();
    return "# Reference of the template language\n"
           "\n"
           "<!-- Written by `testudo reference` from the tables of the language; a test compares. Do not edit. -->\n"
           "\n"
           "Every key, what it holds, and what it means. [template.md](template.md) explains them with examples. Keys "
           "marked (must) have to be there.\n"
           "Names are small letters, digits and single hyphens. Durations are `90s`, `5m`, `1h30m`; amounts of memory "
           "`64 "
           "MiB`, `2 GiB`; exercise times `T+5m`.\n" +
           Writer(whole).run();
}

} // namespace testudo::plan
