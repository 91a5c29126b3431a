#include "orchestrator/import/formats.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <tuple>

#include "orchestrator/import/comments.hpp"
#include "orchestrator/import/finish.hpp"
#include "orchestrator/import/json_tree.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/readers.hpp"
#include "orchestrator/import/table.hpp"
#include "orchestrator/import/writer.hpp"

namespace testudo::import_ {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_file = 16U << 20U;
constexpr template_::Budget budget{8U << 20U, 300'000, 64};

struct Format {
    FormatInfo info;
    void (*read)(Documents&, Reading&, Draft&);
    bool table;
    Reading::Keys keys;
};

const std::vector<Format>& known_formats() {
    using Keys = Reading::Keys;
    static const std::vector<Format> all{
        {{"containerlab", "topology of containerlab (*.clab.yml)"}, &read_containerlab, false, Keys::exact},
        {{"cyberrangecz", "CyberRangeCZ or KYPO: topology.yml, training.json, or both", true},
         &read_cyberrangecz,
         false,
         Keys::exact},
        {{"cyris", "range description of CyRIS (*.yml)"}, &read_cyris, false, Keys::exact},
        {{"ludus", "range-config.yml of Ludus"}, &read_ludus, false, Keys::exact},
        {{"msel", "master scenario events list (*.xlsx, *.csv)"}, &read_msel, true, Keys::exact},
        {{"ocr-sdl", "scenario of Open Cyber Range in SDL (*.yml)"}, &read_ocr_sdl, false, Keys::any_case},
        {{"phenix", "Topology or Experiment of phenix (*.yml, *.json)", true}, &read_phenix, false, Keys::exact},
    };
    return all;
}

std::shared_ptr<const SourceFile> read_file(const std::string& path, Diagnostics& out) {
    const auto refuse = [&](std::string why) {
        template_::error(out, "T1301", Span{std::make_shared<const SourceFile>(SourceFile{path, ""}), 0, 0},
                         "the file cannot be read: " + std::move(why));
        return nullptr;
    };
    std::error_code ec;
    if (!fs::is_regular_file(path, ec))
        return refuse(fs::exists(path, ec) ? "it is no regular file" : "there is no such file");
    if (const auto size = fs::file_size(path, ec); ec || size > largest_file)
        return refuse(fmt::format("it is larger than {} MiB", largest_file >> 20U));
    std::ifstream in(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    if (!in)
        return refuse("the system refuses it");
    return std::make_shared<const SourceFile>(SourceFile{path, std::move(text)});
}

// A sheet that is no part of the list is a comment, cut when it is long.
std::unique_ptr<Item> told(const Table& table, Diagnostics& out) {
    auto rows = std::make_shared<Node>();
    rows->kind = Node::Kind::sequence;
    rows->span = table.span;
    for (const auto& row : table.rows) {
        auto line = std::make_shared<Node>();
        line->kind = Node::Kind::scalar;
        line->span = row.empty() ? table.span : row.front().span;
        for (const auto& cell : row)
            if (!cell.text.empty())
                line->scalar += (line->scalar.empty() ? "" : " | ") + cell.text;
        if (!line->scalar.empty())
            rows->items.push_back(std::move(line));
    }
    if (rows->items.empty())
        return nullptr;
    auto root = std::make_shared<Node>();
    root->kind = Node::Kind::mapping;
    root->span = table.span;
    root->entries.push_back({"sheet " + table.name, table.span, rows});
    auto item = itemise(root);
    settle(item->children.front(), Item::Fate::told);
    template_::warn(out, code::lost, table.span,
                    fmt::format("the sheet `{}` is not carried over: {}", table.name,
                                table.hidden ? "it is hidden" : "it does not look like a MSEL, with times and texts"),
                    "its first rows are kept as a comment");
    return item;
}

void load_table(const File& file, Documents& documents, Diagnostics& out) {
    const bool packed = file->text.starts_with("PK");
    const auto tables = packed ? read_xlsx(file, out) : read_csv(file, out);
    std::vector<NodePtr> lists;
    for (const auto& table : tables)
        lists.push_back(as_records(table, &is_msel_heading));
    // All that look like lists of injects; if none does, the first that has at least some of their headings.
    std::vector<bool> taken;
    for (std::size_t i = 0; i < tables.size(); ++i)
        taken.push_back(lists[i] && !tables[i].hidden && has_times_and_texts(*lists[i]));
    if (std::find(taken.begin(), taken.end(), true) == taken.end())
        if (const auto first = std::find_if(lists.begin(), lists.end(), [](const NodePtr& l) { return l != nullptr; });
            first != lists.end())
            taken[static_cast<std::size_t>(first - lists.begin())] = true;
    for (std::size_t i = 0; i < tables.size(); ++i)
        if (taken[i])
            documents.push_back(itemise(lists[i]));
    if (documents.empty()) {
        if (!template_::has_errors(out))
            template_::error(
                out, code::wrong_file, Span{file, 0, 0},
                "no row of the first 30 looks like headings of a MSEL (number, time, from, to, description)");
        return;
    }
    for (std::size_t i = 0; i < tables.size(); ++i)
        if (auto rest = taken[i] ? nullptr : told(tables[i], out))
            documents.push_back(std::move(rest));
}

void load_tree(const File& file, Documents& documents, Diagnostics& out) {
    if (lower_case(file->name).ends_with(".json")) {
        if (const auto root = parse_json_tree(file, out, budget))
            documents.push_back(itemise(root));
        return;
    }
    for (const auto& root : template_::parse_foreign_yaml(file, out, budget))
        if (root->kind != Node::Kind::null)
            documents.push_back(itemise(root));
    if (documents.empty() && !template_::has_errors(out))
        template_::error(out, "T0113", Span{file, 0, 0}, "the file is empty");
}

void arrange(Diagnostics& diagnostics) {
    const auto key = [](const Diagnostic& d) {
        return std::tuple(d.span.file ? d.span.file->name : "", d.span.begin, d.code, d.message, d.hint);
    };
    std::stable_sort(diagnostics.begin(), diagnostics.end(),
                     [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
    diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end(),
                                  [&key](const Diagnostic& a, const Diagnostic& b) { return key(a) == key(b); }),
                      diagnostics.end());
}

} // namespace

const std::vector<FormatInfo>& formats() {
    static const auto all = [] {
        std::vector<FormatInfo> infos;
        for (const auto& format : known_formats())
            infos.push_back(format.info);
        return infos;
    }();
    return all;
}

Imported import_texts(std::string_view format, const std::vector<std::shared_ptr<const SourceFile>>& files) {
    Imported imported;
    auto& out = imported.diagnostics;
    const auto found = std::find_if(known_formats().begin(), known_formats().end(),
                                    [format](const Format& f) { return f.info.name == format; });
    if (found == known_formats().end() || files.empty() || (files.size() > 1 && !found->info.several)) {
        template_::error(out, code::wrong_file, files.empty() ? Span{} : Span{files.back(), 0, 0},
                         fmt::format("`{}` is read from one file", format));
        return imported;
    }
    Documents documents;
    for (const auto& file : files)
        found->table ? load_table(file, documents, out) : load_tree(file, documents, out);
    Reading in(out, found->keys);
    Draft draft;
    if (!documents.empty() && !template_::has_errors(out)) {
        found->read(documents, in, draft);
        if (!template_::has_errors(out) && finish(draft, in) && explain_rest(documents, draft, in))
            imported.text = write_template(draft);
    }
    arrange(out);
    return imported;
}

Imported import_files(std::string_view format, const std::vector<std::string>& paths) {
    std::vector<std::shared_ptr<const SourceFile>> files;
    Imported failed;
    for (const auto& path : paths)
        if (auto file = read_file(path, failed.diagnostics))
            files.push_back(std::move(file));
    return failed.diagnostics.empty() ? import_texts(format, files) : failed;
}

} // namespace testudo::import_
