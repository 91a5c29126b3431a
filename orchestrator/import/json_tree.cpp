#include "orchestrator/import/json_tree.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

namespace testudo::import_ {
namespace {

namespace json = boost::json;
using File = std::shared_ptr<const SourceFile>;

// Builds nodes from the events of Boost's parser. It is fed a byte at a time, so that the place of each event is known.
struct Handler {
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    struct Open {
        std::shared_ptr<Node> node;
        std::string key;
        Span key_span;
    };

    File file;
    std::size_t most_nodes = 0;
    std::size_t at = 0;    // the byte that is being parsed
    std::size_t begin = 0; // of the value or key that is not complete
    bool inside = false;   // of such a value or key
    std::size_t nodes = 0;
    std::string text;
    std::vector<Open> stack;
    NodePtr root;

    void start() {
        if (!inside)
            begin = at;
        inside = true;
    }
    Span span(std::size_t end) const { return Span{file, std::min(begin, end), end}; }

    bool place(std::shared_ptr<Node> node, json::error_code& ec) {
        if (++nodes > most_nodes) {
            ec = json::error::array_too_large;
            return false;
        }
        if (stack.empty())
            root = std::move(node);
        else if (stack.back().node->kind == Node::Kind::sequence)
            stack.back().node->items.push_back(std::move(node));
        else
            stack.back().node->entries.push_back({std::move(stack.back().key), stack.back().key_span, std::move(node)});
        return true;
    }

    bool scalar(std::string value, bool plain, std::size_t end, json::error_code& ec) {
        auto node = std::make_shared<Node>();
        node->kind = Node::Kind::scalar;
        node->scalar = std::move(value);
        node->plain = plain;
        node->span = span(end);
        inside = false;
        return place(std::move(node), ec);
    }

    bool open(Node::Kind kind) {
        auto node = std::make_shared<Node>();
        node->kind = kind;
        node->span = Span{file, at, at + 1};
        if (!stack.empty() && stack.back().node->kind == Node::Kind::mapping)
            node->span = stack.back().key_span;
        stack.push_back({std::move(node), "", {}});
        inside = false;
        return true;
    }
    bool close(json::error_code& ec) {
        auto node = std::move(stack.back().node);
        stack.pop_back();
        return place(std::move(node), ec);
    }

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_object_begin(json::error_code&) { return open(Node::Kind::mapping); }
    bool on_object_end(std::size_t, json::error_code& ec) { return close(ec); }
    bool on_array_begin(json::error_code&) { return open(Node::Kind::sequence); }
    bool on_array_end(std::size_t, json::error_code& ec) { return close(ec); }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
        start();
        text += std::string_view(part.data(), part.size());
        return true;
    }
    bool on_key(json::string_view part, std::size_t, json::error_code&) {
        start();
        text += std::string_view(part.data(), part.size());
        stack.back().key = std::move(text);
        stack.back().key_span = span(at);
        text.clear();
        inside = false;
        return true;
    }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
        start();
        text += std::string_view(part.data(), part.size());
        return true;
    }
    bool on_string(json::string_view part, std::size_t, json::error_code& ec) {
        start();
        auto whole = std::move(text) + std::string(part.data(), part.size());
        text.clear();
        return scalar(std::move(whole), false, at, ec);
    }
    bool on_number_part(json::string_view part, json::error_code&) {
        start();
        text += std::string_view(part.data(), part.size());
        return true;
    }
    bool number(json::string_view part, json::error_code& ec) {
        start();
        auto whole = std::move(text) + std::string(part.data(), part.size());
        text.clear();
        return scalar(std::move(whole), true, at, ec);
    }
    bool on_int64(std::int64_t, json::string_view part, json::error_code& ec) { return number(part, ec); }
    bool on_uint64(std::uint64_t, json::string_view part, json::error_code& ec) { return number(part, ec); }
    bool on_double(double, json::string_view part, json::error_code& ec) { return number(part, ec); }
    bool on_bool(bool value, json::error_code& ec) {
        begin = at + 1 - (value ? 4 : 5);
        return scalar(value ? "true" : "false", true, at + 1, ec);
    }
    bool on_null(json::error_code& ec) {
        auto node = std::make_shared<Node>();
        node->span = Span{file, at + 1 - 4, at + 1};
        if (!stack.empty() && stack.back().node->kind == Node::Kind::mapping)
            node->span = stack.back().key_span;
        return place(std::move(node), ec);
    }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }
};

} // namespace

NodePtr parse_json_tree(const File& file, Diagnostics& out, const template_::Budget& budget) {
    const auto& text = file->text;
    if (text.size() > budget.bytes) {
        template_::error(out, "T0110", Span{file, 0, 0}, fmt::format("the file is larger than {} bytes", budget.bytes));
        return nullptr;
    }
    json::parse_options options;
    options.max_depth = budget.depth;
    json::basic_parser<Handler> parser(options);
    auto& handler = parser.handler();
    handler.file = file;
    handler.most_nodes = budget.nodes;
    json::error_code ec;
    for (std::size_t i = 0; i < text.size() && !ec; ++i) {
        handler.at = i;
        if (parser.done() && std::string_view(" \t\r\n").find(text[i]) != std::string_view::npos)
            continue;
        parser.write_some(i + 1 < text.size(), text.data() + i, 1, ec);
    }
    if (!ec && !parser.done())
        ec = json::error::incomplete;
    if (ec) {
        const auto at = std::min(handler.at, text.size());
        template_::error(out, "T1306", Span{file, at, std::min(at + 1, text.size())},
                         "this is not JSON: " + ec.message());
        return nullptr;
    }
    return handler.root;
}

} // namespace testudo::import_
