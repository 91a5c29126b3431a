#include "orchestrator/import/reading.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/import/names.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::import_ {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::string shown(const Item& item) {
    if (item.is_null())
        return "nothing";
    if (item.is_list())
        return "a list";
    return item.is_mapping() ? "a mapping" : fmt::format("`{}`", shortened(item.text(), 40));
}

} // namespace

void settle(Item& item, Item::Fate fate) {
    item.fate = fate;
    for (auto& child : item.children)
        settle(child, fate);
}

Item* Reading::find(Item& in, std::string_view key) const {
    for (auto& child : in.children) {
        if (!(keys_ == Keys::exact ? child.key == key : lower(child.key) == key) || !in.is_mapping())
            continue;
        if (!child.is_null())
            return &child;
        child.fate = Item::Fate::carried;
    }
    return nullptr;
}

bool Reading::is_mapping(Item& item) {
    if (item.is_mapping()) {
        item.fate = Item::Fate::carried;
        return true;
    }
    if (item.is_null())
        item.fate = Item::Fate::carried;
    else
        wrong(item, "a mapping");
    return false;
}

bool Reading::is_list(Item& item) {
    if (item.is_list()) {
        item.fate = Item::Fate::carried;
        return true;
    }
    wrong(item, "a list");
    return false;
}

Item* Reading::mapping(Item& in, std::string_view key) {
    auto* item = find(in, key);
    return item && is_mapping(*item) ? item : nullptr;
}

Item* Reading::list(Item& in, std::string_view key) {
    auto* item = find(in, key);
    return item && is_list(*item) ? item : nullptr;
}

std::optional<std::string> Reading::text_of(Item& item) {
    if (!item.is_text()) {
        wrong(item, "a text");
        return std::nullopt;
    }
    item.fate = Item::Fate::carried;
    return item.text();
}

std::optional<std::string> Reading::text(Item& in, std::string_view key) {
    auto* item = find(in, key);
    return item ? text_of(*item) : std::nullopt;
}

std::optional<std::int64_t> Reading::whole_of(Item& item, std::int64_t least, std::int64_t most) {
    const auto number = item.is_text() ? template_::parse_whole_number(item.text()) : std::nullopt;
    if (!number || *number < least || *number > most) {
        wrong(item, fmt::format("a whole number from {} to {}", least, most));
        return std::nullopt;
    }
    item.fate = Item::Fate::carried;
    return number;
}

std::optional<std::int64_t> Reading::whole(Item& in, std::string_view key, std::int64_t least, std::int64_t most) {
    auto* item = find(in, key);
    return item ? whole_of(*item, least, most) : std::nullopt;
}

std::optional<bool> Reading::flag(Item& in, std::string_view key) {
    auto* item = find(in, key);
    if (!item)
        return std::nullopt;
    const auto word = item->is_text() ? lower(item->text()) : "";
    const bool yes = word == "true" || word == "yes" || word == "on";
    if (!yes && word != "false" && word != "no" && word != "off") {
        wrong(*item, "true or false");
        return std::nullopt;
    }
    item->fate = Item::Fate::carried;
    return yes;
}

std::vector<Item*> Reading::text_items(Item& in, std::string_view key) {
    std::vector<Item*> all;
    auto* item = find(in, key);
    if (!item)
        return all;
    if (item->is_text())
        return {item};
    if (!item->is_list()) {
        wrong(*item, "a text or a list of texts");
        return all;
    }
    item->fate = Item::Fate::carried;
    for (auto& one : item->children) {
        if (one.is_text())
            all.push_back(&one);
        else
            wrong(one, "a text");
    }
    return all;
}

std::vector<std::string> Reading::texts(Item& in, std::string_view key) {
    std::vector<std::string> all;
    for (auto* item : text_items(in, key)) {
        item->fate = Item::Fate::carried;
        all.push_back(item->text());
    }
    return all;
}

bool Reading::need(Item& in, std::string_view key, std::string_view what) {
    if (has(in, key))
        return true;
    template_::error(out, code::wrong_file, in.span(), fmt::format("{} needs the key `{}`", what, key));
    return false;
}

void Reading::wrong(const Item& item, std::string_view wanted) {
    template_::error(out, code::wrong_value, item.span(),
                     fmt::format("`{}` should be {}, not {}", item.path(), wanted, shown(item)));
}

void Reading::lost(Item& item, std::string_view why) {
    if (item.fate == Item::Fate::told)
        return;
    // An empty list says that there is nothing, so nothing is lost.
    if ((item.is_list() || item.is_mapping()) && item.children.empty())
        return settle(item, Item::Fate::carried);
    settle(item, Item::Fate::told);
    template_::warn(out, code::lost, item.key.starts_with('[') ? item.span() : item.key_span,
                    fmt::format("`{}` is not carried over: {}", item.path(), why), "it is kept as a comment");
}

void Reading::lost(Item& in, std::string_view key, std::string_view why) {
    if (auto* item = find(in, key))
        lost(*item, why);
}

void Reading::meaningless(Item& in, std::string_view key) {
    if (auto* item = find(in, key))
        settle(*item, Item::Fate::carried);
}

void Reading::changed(const char* code, const Span& span, std::string what, std::string instead) {
    template_::warn(out, code, span, std::move(what), "instead: " + instead);
}

} // namespace testudo::import_
