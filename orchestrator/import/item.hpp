#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/template/tree.hpp"

namespace testudo::import_ {

using template_::Node;
using template_::NodePtr;

// One value of a file to import at one place in it, and what became of it. Values that are reached by an alias are
// items of their own in each place, so that what is read in one place and not in another is noticed.
struct Item {
    enum class Fate { unread, carried, told };

    NodePtr node;
    std::string key; // in its mapping; "[2]" in a list; "" for a whole document
    Span key_span;
    Item* parent = nullptr;
    std::vector<Item> children;
    Fate fate = Fate::unread;

    bool is_mapping() const { return node->kind == Node::Kind::mapping; }
    bool is_list() const { return node->kind == Node::Kind::sequence; }
    bool is_text() const { return node->kind == Node::Kind::scalar; }
    // `key:` without a value says nothing.
    bool is_null() const;
    const std::string& text() const { return node->scalar; }
    const Span& span() const { return node->span; }
    // "spec.nodes[2].general"
    std::string path() const;
};

std::unique_ptr<Item> itemise(const NodePtr& root);

} // namespace testudo::import_
