#include "orchestrator/import/item.hpp"

#include <fmt/format.h>

namespace testudo::import_ {
namespace {

void grow(Item& item) {
    const auto& node = *item.node;
    item.children.reserve(node.entries.size() + node.items.size());
    for (const auto& entry : node.entries)
        item.children.push_back(Item{entry.value, entry.key, entry.key_span, nullptr, {}, Item::Fate::unread});
    for (std::size_t i = 0; i < node.items.size(); ++i)
        item.children.push_back(
            Item{node.items[i], fmt::format("[{}]", i), node.items[i]->span, nullptr, {}, Item::Fate::unread});
    // The vector has its final size, so its items stay where they are.
    for (auto& child : item.children) {
        child.parent = &item;
        grow(child);
    }
}

} // namespace

bool Item::is_null() const {
    if (node->kind == Node::Kind::null)
        return true;
    return is_text() && node->plain &&
           (text().empty() || text() == "~" || text() == "null" || text() == "Null" || text() == "NULL");
}

std::string Item::path() const {
    const auto before = parent ? parent->path() : "";
    return before.empty() || key.starts_with('[') ? before + key : before + "." + key;
}

std::unique_ptr<Item> itemise(const NodePtr& root) {
    auto item = std::make_unique<Item>(Item{root, "", root->span, nullptr, {}, Item::Fate::unread});
    grow(*item);
    return item;
}

} // namespace testudo::import_
