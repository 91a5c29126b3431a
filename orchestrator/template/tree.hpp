#pragma once
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/template/report.hpp"

namespace testudo::template_ {

struct Node;
using NodePtr = std::shared_ptr<const Node>;

// A YAML value and the place where it stands. A node reached by an alias is shared, so trees are never changed once
// built.
struct Node {
    enum class Kind { null, scalar, sequence, mapping };
    struct Entry {
        std::string key;
        Span key_span;
        NodePtr value;
    };
    Kind kind = Kind::null;
    std::string scalar;
    bool plain = false; // a scalar written without quotes
    std::vector<NodePtr> items;
    std::vector<Entry> entries;
    // Of a scalar: its text. Of a value in a mapping that is no scalar: its key, the place where a person looks for it.
    Span span;
    std::size_t weight = 1; // nodes in it, aliases expanded

    const Entry* find(std::string_view key) const;
};

// What a hostile or mistaken text may cost. Generous for people: a range of 10,000 machines has some 500,000 nodes.
struct Budget {
    std::size_t bytes = 32U << 20U;
    std::size_t nodes = 4'000'000; // with aliases expanded
    std::size_t depth = 40;
};

// Reads exactly one document. Returns null, and at least one error in `out`, when there is none to be had. A tree that
// is returned may still have come with errors (duplicate keys, merge keys, tags).
NodePtr parse_yaml(const std::shared_ptr<const SourceFile>& file, Diagnostics& out, const Budget& budget = {});

// Reads what other programs wrote, as they read it: several documents, merge keys (taken over), tags (passed over) and
// tabs are no errors. Without an error in `out`, at least one document is returned.
std::vector<NodePtr> parse_foreign_yaml(const std::shared_ptr<const SourceFile>& file, Diagnostics& out,
                                        const Budget& budget);

} // namespace testudo::template_
