#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "orchestrator/import/table.hpp"
#include "orchestrator/template/utf8.hpp"

namespace testudo::import_ {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t most_cells = 200'000;

char separator_of(std::string_view text) {
    const auto line = text.substr(0, text.find('\n'));
    char best = ',';
    for (const char c : {',', ';', '\t'})
        if (std::count(line.begin(), line.end(), c) > std::count(line.begin(), line.end(), best))
            best = c;
    return best;
}

class CsvReader {
  public:
    CsvReader(const File& file, std::size_t begin, Diagnostics& out)
        : file_(file), text_(file->text), at_(begin), separator_(separator_of(text_.substr(begin))), out_(out) {}

    Table run() {
        Table table;
        table.name = file_->name;
        table.span = Span{file_, 0, 0};
        std::size_t cells = 0;
        while (at_ < text_.size()) {
            std::vector<Cell> row;
            while (true) {
                row.push_back(cell());
                if (++cells > most_cells) {
                    template_::error(out_, code::wrong_file, row.back().span,
                                     fmt::format("the table has more than {} cells", most_cells));
                    return table;
                }
                if (at_ >= text_.size() || text_[at_] != separator_)
                    break;
                ++at_;
            }
            if (at_ < text_.size() && text_[at_] == '\r')
                ++at_;
            if (at_ < text_.size() && text_[at_] == '\n')
                ++at_;
            table.rows.push_back(std::move(row));
        }
        return table;
    }

  private:
    Cell cell() {
        const auto begin = at_;
        Cell out;
        if (at_ < text_.size() && text_[at_] == '"') {
            quoted(out.text);
        } else {
            const std::array stops{separator_, '\r', '\n', '\0'};
            at_ = std::min(text_.find_first_of(stops.data(), at_), text_.size());
            out.text = text_.substr(begin, at_ - begin);
        }
        out.span = Span{file_, begin, std::min(at_, std::min(text_.find('\n', begin), text_.size()))};
        return out;
    }

    void quoted(std::string& value) {
        const auto begin = at_++;
        while (at_ < text_.size()) {
            if (text_[at_] != '"') {
                if (text_[at_] != '\r')
                    value += text_[at_];
                ++at_;
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                value += '"';
                at_ += 2;
            } else {
                ++at_;
                const bool ends =
                    at_ == text_.size() || text_[at_] == separator_ || text_[at_] == '\r' || text_[at_] == '\n';
                if (!ends)
                    template_::error(out_, "T1305", Span{file_, at_, at_ + 1},
                                     "a quote ends here, but the cell does not", "a quote in a cell is written twice");
                while (!ends && at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n')
                    ++at_;
                return;
            }
        }
        template_::error(out_, "T1305", Span{file_, begin, begin + 1}, "this quote is never closed");
    }

    File file_;
    std::string_view text_;
    std::size_t at_;
    char separator_;
    Diagnostics& out_;
};

} // namespace

std::vector<Table> read_csv(const File& file, Diagnostics& out) {
    const auto& text = file->text;
    if (const auto at = template_::first_malformed_utf8(text)) {
        template_::error(out, "T0102", Span{file, *at, *at + 1},
                         fmt::format("the byte 0x{:02X} is not UTF-8 here", static_cast<unsigned char>(text[*at])),
                         "save the table as \"CSV UTF-8\"");
        return {};
    }
    if (const auto at = template_::first_control_character(text)) {
        template_::error(out, "T0103", Span{file, *at, *at + 1}, "a control character in a table of text");
        return {};
    }
    return {CsvReader(file, text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0, out).run()};
}

} // namespace testudo::import_
