#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>
#include <pugixml.hpp>

#include "orchestrator/import/cell_format.hpp"
#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/table.hpp"
#include "orchestrator/import/zip.hpp"
#include "orchestrator/template/utf8.hpp"

// XLSX (ECMA-376): a ZIP archive of XML files. Wanted are the workbook with the sheets' names, the strings that cells
// share, the formats that tell dates from numbers, and the
// sheets with the comments on their cells.
namespace testudo::import_ {
namespace {

// What is unpacked takes ten times the room once it is parsed.
constexpr std::size_t most_unpacked = 16U << 20U;
constexpr std::size_t most_cells = 200'000;
constexpr std::size_t widest_sheet = 512; // columns

bool wanted(const std::string& name) {
    return name == "xl/workbook.xml" || name == "xl/_rels/workbook.xml.rels" || name == "xl/sharedStrings.xml" ||
           name == "xl/styles.xml" || name.starts_with("xl/worksheets/") || name.starts_with("xl/comments");
}

// The name without its namespace: writers are free to choose a prefix.
std::string_view local(const pugi::xml_node& node) {
    const std::string_view name(node.name());
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
    for (const auto& one : node.children())
        if (local(one) == name)
            return one;
    return {};
}

// All text of a string, whose runs may have formats of their own; readings in another script are no part of it.
void text_below(const pugi::xml_node& node, std::string& out) {
    for (const auto& one : node.children()) {
        if (local(one) == "t")
            out += one.text().get();
        else if (local(one) == "r")
            out += child(one, "t").text().get();
    }
}

class Workbook {
  public:
    Workbook(const File& file, Diagnostics& out) : file_(file), out_(out) {}

    std::vector<Table> run() {
        auto files = unzip(file_->text, &wanted, most_unpacked);
        if (!files) {
            complain(files.error().message);
            return {};
        }
        files_ = std::move(*files);
        if (!files_.contains("xl/workbook.xml")) {
            complain("it is a ZIP archive, but no XLSX workbook");
            return {};
        }
        read_strings();
        read_styles();
        std::vector<Table> tables;
        for (const auto& sheet : sheets()) {
            if (auto table = read_sheet(sheet))
                tables.push_back(std::move(*table));
            if (failed_)
                return {};
        }
        return tables;
    }

  private:
    void complain(std::string why) {
        failed_ = true;
        template_::error(out_, "T1304", Span{file_, 0, 0}, "the workbook cannot be read: " + std::move(why));
    }

    std::optional<pugi::xml_document> parse(const std::string& path) {
        const auto found = files_.find(path);
        if (found == files_.end())
            return std::nullopt;
        pugi::xml_document document;
        const auto result = document.load_buffer(found->second.data(), found->second.size(),
                                                 pugi::parse_default | pugi::parse_ws_pcdata_single);
        if (!result) {
            complain(fmt::format("{}: {}", path, result.description()));
            return std::nullopt;
        }
        return document;
    }

    void read_strings() {
        const auto document = parse("xl/sharedStrings.xml");
        if (!document)
            return;
        for (const auto& item : document->document_element().children()) {
            std::string text;
            text_below(item, text);
            strings_.push_back(std::move(text));
        }
    }

    // How the cells' styles show numbers.
    void read_styles() {
        const auto document = parse("xl/styles.xml");
        if (!document)
            return;
        std::map<int, std::string> codes{{14, "d/m/y"},      {15, "d-m-y"},         {16, "d-m"},       {17, "m-y"},
                                         {18, "h:mm AM/PM"}, {19, "h:mm:ss AM/PM"}, {20, "h:mm"},      {21, "h:mm:ss"},
                                         {22, "d/m/y h:mm"}, {45, "mm:ss"},         {46, "[h]:mm:ss"}, {47, "mm:ss.0"}};
        for (const auto& format : child(document->document_element(), "numFmts").children())
            codes[format.attribute("numFmtId").as_int()] = format.attribute("formatCode").value();
        for (const auto& style : child(document->document_element(), "cellXfs").children()) {
            const auto code = codes.find(style.attribute("numFmtId").as_int());
            formats_.push_back(code == codes.end() ? CellFormat{} : parse_cell_format(code->second));
        }
    }

    struct Sheet {
        std::string name;
        std::string path;
        bool hidden = false;
    };

    // What the relations of a part name, by their id: the kind, and the path inside of the archive.
    std::map<std::string, std::pair<std::string, std::string>> relations_of(const std::string& part) {
        const auto slash = part.rfind('/') + 1;
        std::map<std::string, std::pair<std::string, std::string>> all;
        const auto document = parse(fmt::format("{}_rels/{}.rels", part.substr(0, slash), part.substr(slash)));
        if (!document)
            return all;
        for (const auto& one : document->document_element().children()) {
            const std::string target = one.attribute("Target").value();
            const auto path = std::filesystem::path("/" + part.substr(0, slash)) / target;
            all[one.attribute("Id").value()] = {one.attribute("Type").value(),
                                                path.lexically_normal().generic_string().substr(1)};
        }
        return all;
    }

    std::vector<Sheet> sheets() {
        auto relations = relations_of("xl/workbook.xml");
        std::vector<Sheet> all;
        const auto document = parse("xl/workbook.xml");
        if (!document)
            return all;
        since_1904_ = child(document->document_element(), "workbookPr").attribute("date1904").as_bool();
        for (const auto& sheet : child(document->document_element(), "sheets").children())
            for (const auto& attribute : sheet.attributes())
                if (std::string_view(attribute.name()).ends_with(":id"))
                    all.push_back({sheet.attribute("name").value(), relations[attribute.value()].second,
                                   std::string_view(sheet.attribute("state").value()).ends_with("idden")});
        return all;
    }

    // "AB12" is in column 27, counted from 0.
    static std::size_t column_of(std::string_view reference, std::size_t next) {
        std::size_t column = 0;
        for (const char c : reference) {
            if (c < 'A' || c > 'Z' || column > widest_sheet)
                break;
            column = column * 26 + static_cast<std::size_t>(c - 'A' + 1);
        }
        return column == 0 ? next : column - 1;
    }

    std::optional<Table> read_sheet(const Sheet& sheet) {
        const auto document = parse(sheet.path);
        if (!document)
            return std::nullopt;
        Table table;
        table.name = sheet.name;
        table.hidden = sheet.hidden;
        std::size_t row_number = 0;
        for (const auto& row : child(document->document_element(), "sheetData").children()) {
            const auto wanted_row = row.attribute("r").as_uint(static_cast<unsigned>(row_number + 1));
            // Rows that are not written are empty; a line stands for each so that places are those of the sheet.
            while (row_number + 1 < wanted_row && table.rows.size() < most_cells && wanted_row < most_cells) {
                table.rows.emplace_back();
                ++row_number;
            }
            table.rows.emplace_back();
            ++row_number;
            for (const auto& cell : row.children())
                if (local(cell) == "c" && !add_cell(cell, table.rows.back()))
                    return std::nullopt;
        }
        for (const auto& [id, relation] : relations_of(sheet.path))
            if (relation.first.ends_with("/comments") && !read_comments(relation.second, table))
                return std::nullopt;
        locate(table);
        return table;
    }

    bool read_comments(const std::string& path, Table& table) {
        const auto document = parse(path);
        if (!document)
            return !failed_;
        for (const auto& comment : child(document->document_element(), "commentList").children()) {
            const std::string_view place = comment.attribute("ref").value();
            const auto row = parse_amount(place.substr(std::min(place.find_first_of("0123456789"), place.size())));
            if (!row || *row < 1 || *row > static_cast<std::int64_t>(most_cells))
                continue;
            if (table.rows.size() < static_cast<std::size_t>(*row))
                table.rows.resize(static_cast<std::size_t>(*row));
            auto& cells = table.rows[static_cast<std::size_t>(*row) - 1];
            const auto column = column_of(place, 0);
            if (!make_room(cells, column))
                return false;
            text_below(child(comment, "text"), cells[column].comment);
            if (!is_utf8(cells[column].comment))
                return false;
        }
        return true;
    }

    bool add_cell(const pugi::xml_node& node, std::vector<Cell>& row) {
        const auto column = column_of(node.attribute("r").value(), row.size());
        if (!make_room(row, column))
            return false;
        row[column] = value_of(node);
        return is_utf8(row[column].text);
    }

    bool is_utf8(const std::string& text) {
        if (!template_::first_malformed_utf8(text))
            return true;
        complain("a cell is not UTF-8 text");
        return false;
    }

    bool make_room(std::vector<Cell>& row, std::size_t column) {
        if (column >= widest_sheet) {
            complain(fmt::format("it has more than {} columns", widest_sheet));
            return false;
        }
        cells_ += column >= row.size() ? column + 1 - row.size() : 0;
        if (cells_ > most_cells) {
            complain(fmt::format("it has more than {} cells", most_cells));
            return false;
        }
        if (column >= row.size())
            row.resize(column + 1);
        return true;
    }

    Cell value_of(const pugi::xml_node& node) const {
        Cell cell;
        const std::string_view type = node.attribute("t").value();
        const std::string value = child(node, "v").text().get();
        if (type == "inlineStr") {
            text_below(child(node, "is"), cell.text);
        } else if (type == "s") {
            const auto index = parse_amount(value);
            if (index && *index < static_cast<std::int64_t>(strings_.size()))
                cell.text = strings_[static_cast<std::size_t>(*index)];
        } else if (type == "b") {
            cell.text = value == "1" ? "TRUE" : "FALSE";
        } else if (type.empty() || type == "n") {
            const auto style = static_cast<std::size_t>(node.attribute("s").as_uint());
            cell.text = shown(style < formats_.size() ? formats_[style] : CellFormat{}, value, since_1904_);
        } else {
            cell.text = value;
        }
        // A program that writes workbooks but calculates nothing leaves the results to the one that opens them.
        if (const auto formula = child(node, "f"); formula && !child(node, "v") && !formula.text().empty()) {
            cell.text = fmt::format("={}", formula.text().get());
            cell.uncomputed = true;
        }
        return cell;
    }

    // Places are in a text that shows the sheet, a line per row, since nobody can read the archive itself.
    void locate(Table& table) {
        std::string text;
        std::vector<std::pair<std::size_t, std::size_t>> places;
        for (const auto& row : table.rows) {
            for (std::size_t i = 0; i < row.size(); ++i) {
                auto shown = row[i].text.substr(0, row[i].text.find('\n'));
                std::erase_if(shown, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
                text += i == 0 ? "" : " | ";
                places.emplace_back(text.size(), text.size() + shown.size());
                text += shown;
            }
            text += '\n';
        }
        const auto shown =
            std::make_shared<const SourceFile>(SourceFile{fmt::format("{}[{}]", file_->name, table.name), text});
        table.span = Span{shown, 0, 0};
        std::size_t next = 0;
        for (auto& row : table.rows)
            for (auto& cell : row) {
                cell.span = Span{shown, places[next].first, places[next].second};
                ++next;
                if (cell.uncomputed)
                    template_::warn(out_, code::value, cell.span, "the file does not hold the result of this formula",
                                    "instead: the formula itself; open the file in a spreadsheet and save it");
            }
    }

    File file_;
    Diagnostics& out_;
    std::map<std::string, std::string> files_;
    std::vector<std::string> strings_;
    std::vector<CellFormat> formats_;
    bool since_1904_ = false;
    std::size_t cells_ = 0;
    bool failed_ = false;
};

} // namespace

std::vector<Table> read_xlsx(const File& file, Diagnostics& out) {
    return Workbook(file, out).run();
}

} // namespace testudo::import_
