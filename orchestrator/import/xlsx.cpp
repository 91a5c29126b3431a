#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "orchestrator/import/quantities.hpp"
#include "orchestrator/import/table.hpp"
#include "orchestrator/import/zip.hpp"
#include "orchestrator/template/utf8.hpp"

// XLSX (ECMA-376): a ZIP archive of XML files. Wanted are the workbook with the sheets' names, the strings that cells
// share, the formats that tell dates from numbers, and the sheets.
namespace testudo::import_ {
namespace {

// What is unpacked takes ten times the room once it is parsed.
constexpr std::size_t most_unpacked = 16U << 20U;
constexpr std::size_t most_cells = 200'000;
constexpr std::size_t widest_sheet = 512; // columns

bool wanted(const std::string& name) {
    return name == "xl/workbook.xml" || name == "xl/_rels/workbook.xml.rels" || name == "xl/sharedStrings.xml" ||
           name == "xl/styles.xml" || (name.starts_with("xl/worksheets/") && name.ends_with(".xml"));
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
        for (const auto& [name, path] : sheets()) {
            if (auto table = read_sheet(name, path))
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

    // Which of the cells' styles show a number as date or time.
    void read_styles() {
        const auto document = parse("xl/styles.xml");
        if (!document)
            return;
        std::set<int> dates{14, 15, 16, 17, 18, 19, 20, 21, 22, 45, 46, 47};
        for (const auto& format : child(document->document_element(), "numFmts").children())
            if (shows_date(format.attribute("formatCode").value()))
                dates.insert(format.attribute("numFmtId").as_int());
        for (const auto& style : child(document->document_element(), "cellXfs").children())
            date_styles_.push_back(dates.contains(style.attribute("numFmtId").as_int()));
    }

    // "dd.mm.yyyy hh:mm", but not "0.00" nor "[Red]General".
    static bool shows_date(std::string_view code) {
        char quote = 0;
        for (const char c : code) {
            if (quote != 0) {
                quote = c == quote ? '\0' : quote;
            } else if (c == '"' || c == '[') {
                quote = c == '"' ? '"' : ']';
            } else if (std::string_view("dhmsyDHMSY").find(c) != std::string_view::npos) {
                return true;
            }
        }
        return false;
    }

    std::vector<std::pair<std::string, std::string>> sheets() {
        std::map<std::string, std::string> targets;
        if (const auto relations = parse("xl/_rels/workbook.xml.rels"))
            for (const auto& one : relations->document_element().children()) {
                std::string target = one.attribute("Target").value();
                if (target.starts_with("/"))
                    target.erase(0, 1);
                else
                    target = "xl/" + target;
                targets[one.attribute("Id").value()] = target;
            }
        std::vector<std::pair<std::string, std::string>> all;
        const auto document = parse("xl/workbook.xml");
        if (!document)
            return all;
        for (const auto& sheet : child(document->document_element(), "sheets").children())
            for (const auto& attribute : sheet.attributes())
                if (std::string_view(attribute.name()).ends_with(":id"))
                    all.emplace_back(sheet.attribute("name").value(), targets[attribute.value()]);
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

    std::optional<Table> read_sheet(const std::string& name, const std::string& path) {
        const auto document = parse(path);
        if (!document)
            return std::nullopt;
        Table table;
        table.name = name;
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
        locate(table);
        return table;
    }

    bool add_cell(const pugi::xml_node& node, std::vector<Cell>& row) {
        const auto column = column_of(node.attribute("r").value(), row.size());
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
        row[column] = value_of(node);
        if (template_::first_malformed_utf8(row[column].text)) {
            complain("a cell is not UTF-8 text");
            return false;
        }
        return true;
    }

    // Days since the end of 1899 as people write them: "2026-05-01 09:00".
    static std::string date_of(const std::string& value) {
        const auto days = number_of(value);
        if (!days)
            return value;
        const auto whole = std::floor(*days);
        const auto minutes = std::llround((*days - whole) * 24 * 60);
        const std::chrono::sys_days day{std::chrono::days(static_cast<int>(whole) - 25569)};
        const std::chrono::year_month_day date{day};
        std::string text;
        if (whole >= 1)
            text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                               static_cast<unsigned>(date.day()));
        if (minutes > 0 || whole < 1)
            text += fmt::format("{}{:02}:{:02}", text.empty() ? "" : " ", minutes / 60, minutes % 60);
        return text;
    }

    static std::optional<double> number_of(const std::string& value) {
        double days = 0;
        const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), days);
        const bool good = fault == std::errc() && end == value.data() + value.size() && days >= 0 && days < 2'900'000;
        return good ? std::optional(days) : std::nullopt;
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
        } else {
            const auto style = static_cast<std::size_t>(node.attribute("s").as_uint());
            const bool date = type.empty() && style < date_styles_.size() && date_styles_[style];
            cell.text = date ? date_of(value) : value;
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
            }
    }

    File file_;
    Diagnostics& out_;
    std::map<std::string, std::string> files_;
    std::vector<std::string> strings_;
    std::vector<bool> date_styles_;
    std::size_t cells_ = 0;
    bool failed_ = false;
};

} // namespace

std::vector<Table> read_xlsx(const File& file, Diagnostics& out) {
    return Workbook(file, out).run();
}

} // namespace testudo::import_
