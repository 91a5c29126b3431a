#include "orchestrator/import/table.hpp"

#include <algorithm>
#include <set>

#include "orchestrator/import/quantities.hpp"

namespace testudo::import_ {
namespace {

constexpr std::size_t rows_searched = 30;
constexpr std::size_t fewest_headings = 3;

NodePtr text_node(const std::string& text, const Span& span) {
    auto node = std::make_shared<Node>();
    node->kind = Node::Kind::scalar;
    node->scalar = text;
    node->span = span;
    return node;
}

std::size_t known_in(const std::vector<Cell>& row, bool (*known)(const std::string&)) {
    return static_cast<std::size_t>(
        std::count_if(row.begin(), row.end(), [known](const Cell& cell) { return known(cell.text); }));
}

} // namespace

NodePtr as_records(const Table& table, bool (*known)(const std::string& heading)) {
    std::size_t best = 0;
    std::size_t most = fewest_headings - 1;
    for (std::size_t i = 0; i < std::min(table.rows.size(), rows_searched); ++i)
        if (const auto count = known_in(table.rows[i], known); count > most) {
            most = count;
            best = i;
        }
    if (most < fewest_headings)
        return nullptr;
    auto records = std::make_shared<Node>();
    records->kind = Node::Kind::sequence;
    records->span = table.span;
    std::vector<Cell> headings;
    std::set<std::string> taken;
    for (auto cell : table.rows[best]) {
        cell.text = trimmed(cell.text);
        std::replace(cell.text.begin(), cell.text.end(), '\n', ' ');
        const auto base = cell.text.empty() ? "column" : cell.text;
        cell.text = base;
        for (int n = 2; !taken.insert(cell.text).second; ++n)
            cell.text = base + " " + std::to_string(n);
        headings.push_back(std::move(cell));
    }
    const auto add = [&](const std::vector<Cell>& row, const std::vector<Cell>& keys) {
        auto record = std::make_shared<Node>();
        record->kind = Node::Kind::mapping;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto key = i < keys.size() ? keys[i] : Cell{"column " + std::to_string(i + 1), row[i].span};
            const auto put = [&](const std::string& name, const std::string& text) {
                if (trimmed(text).empty())
                    return;
                record->entries.push_back({name, key.span, text_node(text, row[i].span)});
                if (!record->span.file)
                    record->span = row[i].span;
            };
            if (&row != &table.rows[best])
                put(key.text, row[i].text);
            put("comment on " + key.text, row[i].comment);
        }
        if (!record->entries.empty())
            records->items.push_back(std::move(record));
    };
    for (std::size_t i = 0; i < best; ++i)
        add(table.rows[i], {});
    for (std::size_t i = best; i < table.rows.size(); ++i)
        add(table.rows[i], headings);
    return records;
}

} // namespace testudo::import_
