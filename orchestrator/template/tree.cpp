#include "orchestrator/template/tree.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>
#include <unordered_map>
#include <unordered_set>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "orchestrator/template/utf8.hpp"

namespace testudo::template_ {
namespace {

using File = std::shared_ptr<const SourceFile>;

// Leaves yaml-cpp's parser when a budget is spent or a second document begins; the diagnostic is already written.
struct Stop {};

std::size_t end_of_line(std::string_view text, std::size_t at) {
    const auto end = std::min(text.find_first_of("\r\n", at), text.size());
    return end;
}

// yaml-cpp tells where a scalar begins, never where it ends.
std::size_t end_of_scalar(std::string_view text, std::size_t begin, const std::string& value, bool plain) {
    if (plain && text.substr(begin, value.size()) == value)
        return begin + value.size();
    if (begin < text.size() && (text[begin] == '"' || text[begin] == '\'')) {
        const char quote = text[begin];
        for (auto i = begin + 1; i < text.size(); ++i) {
            if (text[i] == '\\' && quote == '"') {
                ++i;
            } else if (text[i] == quote) {
                if (quote == '\'' && i + 1 < text.size() && text[i + 1] == '\'')
                    ++i;
                else
                    return i + 1;
            }
        }
    }
    // A block scalar or a plain one over several lines: the rest of its first line.
    auto end = end_of_line(text, begin);
    while (end > begin && text[end - 1] == ' ')
        --end;
    return end;
}

// The tab in the blanks that begin the line of `at`, if there is one.
std::optional<std::size_t> tab_in_indentation(std::string_view text, std::size_t at) {
    const auto before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    for (auto i = before == std::string_view::npos ? 0 : before + 1; i < text.size(); ++i) {
        if (text[i] == '\t')
            return i;
        if (text[i] != ' ')
            return std::nullopt;
    }
    return std::nullopt;
}

class Builder final : public YAML::EventHandler {
  public:
    Builder(File file, std::size_t offset, Diagnostics& out, const Budget& budget, bool foreign)
        : file_(std::move(file)), offset_(offset), out_(out), budget_(budget), foreign_(foreign) {}

    const std::vector<NodePtr>& roots() const { return roots_; }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ < 2 || foreign_)
            return;
        const auto at = place(mark);
        error(out_, "T0106", Span{file_, at, end_of_line(file_->text, at)},
              "a second document begins here; a template is one document", "remove the line `---` before it");
        throw Stop{};
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        auto node = std::make_shared<Node>();
        const auto at = place(mark);
        node->span = Span{file_, at, at};
        add(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto at = place(mark);
        const auto found = anchors_.find(anchor);
        if (found == anchors_.end()) {
            error(out_, "T0109", Span{file_, at, end_of_alias(at)}, "an alias inside of the value that it stands for",
                  "a value cannot contain itself");
            add(std::make_shared<Node>(), 0);
            return;
        }
        spend(found->second->weight, at);
        place_value(found->second);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        auto node = std::make_shared<Node>();
        node->kind = Node::Kind::scalar;
        node->plain = tag == "?";
        const auto at = place(mark);
        node->scalar = value;
        node->span = Span{file_, at, end_of_scalar(file_->text, at, value, node->plain)};
        refuse_tag(tag, *node);
        refuse_tab(at);
        add(std::move(node), anchor);
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(Node::Kind::sequence, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(Node::Kind::mapping, mark, tag, anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    struct Open {
        std::shared_ptr<Node> node;
        YAML::anchor_t anchor = 0;
        bool has_key = false; // of a mapping: `key` waits for its value
        bool skip = false;    // the value of a key that was refused
        std::string key;
        Span key_span;
        std::unordered_map<std::string, std::size_t> places; // of its entries, once they are many
    };

    std::size_t place(const YAML::Mark& mark) const {
        const auto at = static_cast<std::size_t>(std::max(mark.pos, 0)) + offset_;
        return std::min(at, file_->text.size());
    }

    std::size_t end_of_alias(std::size_t at) const {
        return std::min(file_->text.find_first_of(" \t\r\n,]}", at), file_->text.size());
    }

    void spend(std::size_t nodes, std::size_t at) {
        spent_ += nodes;
        if (spent_ <= budget_.nodes)
            return;
        error(out_, "T0110", Span{file_, at, end_of_alias(at)},
              fmt::format("the template holds more than {} values", budget_.nodes),
              "aliases count with all that they stand for");
        throw Stop{};
    }

    void refuse_tag(const std::string& tag, const Node& node) {
        if (tag.empty() || tag == "?" || tag == "!" || foreign_)
            return;
        const std::string_view text(file_->text);
        const auto end = std::min(text.find_first_of(" \r\n", node.span.begin), text.size());
        error(out_, "T0111", Span{file_, node.span.begin, end},
              fmt::format("the tag `{}` has no meaning in a template",
                          text.substr(node.span.begin, end - node.span.begin)),
              "values need no tags; remove it");
    }

    // The scanner takes a tab for a blank in places where the specification forbids it; what then looks aligned is not.
    void refuse_tab(std::size_t at) {
        if (foreign_ || at < looked_at_)
            return;
        looked_at_ = std::min(file_->text.find('\n', at), file_->text.size()); // once per line, however long it is
        if (const auto tab = tab_in_indentation(file_->text, at); tab && tabs_.insert(*tab).second)
            error(out_, "T0105", Span{file_, *tab, *tab + 1}, "a tab in the indentation", "indent with spaces");
    }

    void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        const auto at = place(mark);
        spend(1, at);
        if (stack_.size() >= budget_.depth) {
            error(out_, "T0110", Span{file_, at, at + 1},
                  fmt::format("values are nested more than {} deep", budget_.depth));
            throw Stop{};
        }
        auto node = std::make_shared<Node>();
        node->kind = kind;
        const auto flow = at < file_->text.size() && (file_->text[at] == '{' || file_->text[at] == '[');
        node->span =
            Span{file_, at, flow ? at + 1 : std::min(file_->text.find_first_of(":, \r\n", at), file_->text.size())};
        if (!stack_.empty() && stack_.back().has_key)
            node->span = stack_.back().key_span;
        refuse_tag(tag, *node);
        refuse_tab(at);
        stack_.push_back(Open{std::move(node), anchor, false, false, {}, {}, {}});
    }

    void close() {
        auto top = std::move(stack_.back());
        stack_.pop_back();
        if (foreign_)
            merge(*top.node);
        if (top.anchor != 0)
            anchors_[top.anchor] = top.node;
        place_value(top.node);
    }

    // Takes over what the key `<<` names: own keys win, then those of earlier mappings.
    void merge(Node& node) {
        const auto at =
            std::find_if(node.entries.begin(), node.entries.end(), [](const Node::Entry& e) { return e.key == "<<"; });
        if (at == node.entries.end())
            return;
        const auto source = at->value;
        std::vector<NodePtr> all{source};
        if (source->kind == Node::Kind::sequence)
            all = source->items;
        if (std::any_of(all.begin(), all.end(), [](const NodePtr& n) { return n->kind != Node::Kind::mapping; }))
            return;
        node.entries.erase(at);
        std::unordered_set<std::string> known;
        for (const auto& entry : node.entries)
            known.insert(entry.key);
        for (const auto& one : all)
            for (const auto& entry : one->entries)
                if (known.insert(entry.key).second)
                    node.entries.push_back(entry);
    }

    void add(std::shared_ptr<Node> node, YAML::anchor_t anchor) {
        spend(1, node->span.begin);
        // The null after `key:` is marked at the next token, maybe lines away; its key is the place to point at.
        if (node->kind == Node::Kind::null && !stack_.empty() && stack_.back().has_key)
            node->span = stack_.back().key_span;
        if (anchor != 0)
            anchors_[anchor] = node;
        place_value(std::move(node));
    }

    void place_value(NodePtr node) {
        if (stack_.empty()) {
            roots_.push_back(std::move(node));
            return;
        }
        auto& parent = stack_.back();
        if (parent.node->kind == Node::Kind::sequence) {
            parent.node->weight += node->weight;
            parent.node->items.push_back(std::move(node));
        } else if (!parent.has_key) {
            take_key(parent, *node);
        } else {
            parent.has_key = false;
            if (parent.skip)
                return;
            parent.node->weight += node->weight;
            parent.node->entries.push_back({std::move(parent.key), parent.key_span, std::move(node)});
        }
    }

    // The entry with that key. Most mappings are so small that looking through them is the quickest.
    static const Node::Entry* earlier(Open& parent, const std::string& key) {
        constexpr std::size_t many = 24;
        const auto& entries = parent.node->entries;
        if (entries.size() < many)
            return parent.node->find(key);
        for (auto i = parent.places.size(); i < entries.size(); ++i)
            parent.places.emplace(entries[i].key, i);
        const auto found = parent.places.find(key);
        return found == parent.places.end() ? nullptr : &entries[found->second];
    }

    void take_key(Open& parent, const Node& node) {
        parent.has_key = true;
        parent.skip = true;
        parent.key = node.scalar;
        parent.key_span = node.span;
        if (node.kind != Node::Kind::scalar) {
            error(out_, "T0112", node.span, "a key must be a word");
        } else if (node.plain && node.scalar == "<<" && !foreign_) {
            error(out_, "T0108", node.span, "merge keys are not part of the language",
                  "put what is shared into `profiles:` and name it with `like:`");
        } else if (const auto* first = earlier(parent, node.scalar)) {
            auto& d =
                error(out_, "T0107", node.span, fmt::format("the key `{}` stands twice in this mapping", node.scalar));
            d.related.push_back({first->key_span, "first here"});
        } else {
            parent.skip = false;
        }
    }

    File file_;
    std::size_t offset_;
    Diagnostics& out_;
    const Budget& budget_;
    std::vector<Open> stack_;
    std::unordered_map<YAML::anchor_t, NodePtr> anchors_;
    std::unordered_set<std::size_t> tabs_;
    std::size_t looked_at_ = 0; // lines before this place have been searched for tabs
    std::vector<NodePtr> roots_;
    bool foreign_;
    std::size_t spent_ = 0;
    int documents_ = 0;
};

// An expression outside of quotes inside of `{ }` is the likeliest reason for a line that is no YAML.
bool braces_around(std::string_view text, std::size_t at) {
    const auto before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    return text.substr(begin, end_of_line(text, begin) - begin).find("{{") != std::string_view::npos;
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool readable(const File& file, Diagnostics& out, const Budget& budget) {
    const auto& text = file->text;
    if (text.size() > budget.bytes) {
        error(out, "T0110", Span{file, 0, 0}, fmt::format("the file is larger than {} bytes", budget.bytes));
        return false;
    }
    if (const auto at = first_malformed_utf8(text)) {
        error(out, "T0102", Span{file, *at, *at + 1},
              fmt::format("the byte 0x{:02X} is not UTF-8 here", static_cast<unsigned char>(text[*at])),
              "save the file as UTF-8");
        return false;
    }
    if (const auto at = first_control_character(text)) {
        error(out, "T0103", Span{file, *at, *at + 1},
              fmt::format("the control character 0x{:02X} has no place in a template",
                          static_cast<unsigned char>(text[*at])));
        return false;
    }
    return true;
}

// What yaml-cpp says of a sign of YAML's own in a text without quotes, such as the question mark in `{ subject: Down?,
// .. }`.
bool is_sign(const std::string& message) {
    using namespace YAML::ErrorMsg;
    return message == UNKNOWN_TOKEN || message == MAP_VALUE || message == BLOCK_ENTRY || message == UNKNOWN_ANCHOR ||
           message == ANCHOR_NOT_FOUND;
}

std::vector<NodePtr> parse(const File& file, Diagnostics& out, const Budget& budget, bool foreign) {
    if (!readable(file, out, budget))
        return {};
    const auto offset = file->text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    std::istringstream stream(file->text.substr(offset));
    Builder builder(file, offset, out, budget, foreign);
    try {
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder))
            ;
    } catch (const Stop&) {
        return builder.roots();
    } catch (const YAML::Exception& e) {
        const auto at = std::min(static_cast<std::size_t>(std::max(e.mark.pos, 0)) + offset, file->text.size());
        if (const auto tab = tab_in_indentation(file->text, at))
            error(out, "T0105", Span{file, *tab, *tab + 1}, "a tab in the indentation", "indent with spaces");
        else
            error(out, "T0104", Span{file, at, at}, fmt::format("this is not YAML: {}", e.msg),
                  braces_around(file->text, at) ? "put a text with `{{ }}` into quotes"
                  : is_sign(e.msg)              ? "if this is a text, put it into quotes"
                                                : "");
        return {};
    }
    if (builder.roots().empty())
        error(out, "T0113", Span{file, 0, 0}, "the file is empty");
    return builder.roots();
}

} // namespace

const Node::Entry* Node::find(std::string_view key) const {
    for (const auto& entry : entries)
        if (entry.key == key)
            return &entry;
    return nullptr;
}

NodePtr parse_yaml(const File& file, Diagnostics& out, const Budget& budget) {
    const auto roots = parse(file, out, budget, false);
    return roots.empty() ? nullptr : roots.front();
}

std::vector<NodePtr> parse_foreign_yaml(const File& file, Diagnostics& out, const Budget& budget) {
    return parse(file, out, budget, true);
}

} // namespace testudo::template_
