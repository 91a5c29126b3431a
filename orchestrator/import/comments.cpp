#include "orchestrator/import/comments.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "orchestrator/import/names.hpp"

namespace testudo::import_ {
namespace {

constexpr std::size_t longest_comment = 300;
constexpr std::size_t most_unknown = 10'000;

// The value in one line, as YAML would write it in braces; cut when it is long.
void write_flow(const Node& node, std::string& out) {
    if (out.size() > longest_comment)
        return;
    switch (node.kind) {
    case Node::Kind::null:
        out += "~";
        return;
    case Node::Kind::scalar:
        out += node.scalar;
        return;
    case Node::Kind::sequence:
        out += "[";
        for (std::size_t i = 0; i < node.items.size() && out.size() <= longest_comment; ++i) {
            out += i == 0 ? "" : ", ";
            write_flow(*node.items[i], out);
        }
        out += "]";
        return;
    case Node::Kind::mapping:
        out += "{ ";
        for (std::size_t i = 0; i < node.entries.size() && out.size() <= longest_comment; ++i) {
            out += (i == 0 ? "" : ", ") + node.entries[i].key + ": ";
            write_flow(*node.entries[i].value, out);
        }
        out += " }";
        return;
    }
}

bool all_unread(const Item& item) {
    return item.fate == Item::Fate::unread &&
           std::all_of(item.children.begin(), item.children.end(), [](const Item& c) { return all_unread(c); });
}

class Rest {
  public:
    Rest(Draft& draft, Reading& in) : draft_(draft), in_(in) {
        const auto own = [this](auto& entries) {
            for (auto& entry : entries)
                for (const auto* origin : entry.origins)
                    owners_.emplace(origin, &entry.notes);
        };
        own(draft.teams);
        own(draft.networks);
        own(draft.machines);
        own(draft.checks);
        own(draft.injects);
    }

    void walk(Item& item) {
        if (unknown_ > most_unknown)
            return;
        if (item.fate == Item::Fate::unread && item.parent && all_unread(item)) {
            in_.changed(code::unknown, item.key.starts_with('[') ? item.span() : item.key_span,
                        fmt::format("`{}` is not carried over: it is not known to this importer", item.path()),
                        "it is kept as a comment");
            item.fate = Item::Fate::told;
            ++unknown_;
        }
        if (item.fate == Item::Fate::told) {
            note(item);
            return;
        }
        for (auto& child : item.children)
            walk(child);
    }

    // A file of which nearly nothing is known is of another format.
    bool too_much() const { return unknown_ > most_unknown; }

  private:
    void note(const Item& item) {
        const Item* owner = &item;
        while (owner && !owners_.contains(owner))
            owner = owner->parent;
        auto path = item.path();
        if (owner && owner != &item) {
            const auto prefix = owner->path();
            if (path.starts_with(prefix))
                path.erase(0, prefix.size() + (path.size() > prefix.size() && path[prefix.size()] == '.' ? 1 : 0));
        }
        std::string text;
        write_flow(*item.node, text);
        if (text.size() > longest_comment)
            text = fmt::format("{} ... (the rest is in line {} of the original)", shortened(text, longest_comment),
                               position_of(item.span()).line);
        (owner ? *owners_.at(owner) : draft_.notes).push_back(fmt::format("Not carried over: {}: {}", path, text));
    }

    Draft& draft_;
    Reading& in_;
    std::size_t unknown_ = 0;
    std::unordered_map<const Item*, std::vector<std::string>*> owners_;
};

} // namespace

bool explain_rest(const std::vector<std::unique_ptr<Item>>& documents, Draft& draft, Reading& in) {
    Rest rest(draft, in);
    for (const auto& document : documents)
        rest.walk(*document);
    if (rest.too_much())
        template_::error(in.out, code::wrong_file, draft.span,
                         fmt::format("more than {} values are not known to this importer", most_unknown));
    return !rest.too_much();
}

} // namespace testudo::import_
