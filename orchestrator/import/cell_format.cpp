#include "orchestrator/import/cell_format.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <optional>

namespace testudo::import_ {
namespace {

constexpr std::size_t exact_digits = 15; // that a spreadsheet keeps and shows; more are noise of binary fractions

std::optional<double> number_of(const std::string& value) {
    double number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = fault == std::errc() && end == value.data() + value.size() && std::isfinite(number);
    return whole ? std::optional(number) : std::nullopt;
}

// What a format's code says, piece by piece.
class Code {
  public:
    explicit Code(std::string_view code) : code_(code) {}

    CellFormat read() {
        while (at_ < code_.size() && code_[at_] != ';')
            piece();
        if (elapsed_)
            format_.kind = CellFormat::Kind::elapsed;
        else if (date_)
            format_.kind = CellFormat::Kind::date;
        else if (time_)
            format_.kind = CellFormat::Kind::time;
        if (date_ || fraction_ || broken_)
            format_.digits = 0;
        if (date_ || (broken_ && !time_ && !elapsed_))
            format_.before = format_.after = "";
        return std::move(format_);
    }

  private:
    static bool is_one_of(char c, std::string_view all) { return all.find(c) != std::string_view::npos; }

    void piece() {
        const char c = code_[at_];
        if (c == '"') {
            const auto end = std::min(code_.find('"', at_ + 1), code_.size());
            literal(code_.substr(at_ + 1, end - at_ - 1));
            at_ = end + 1;
        } else if (c == '[') {
            const auto end = std::min(code_.find(']', at_), code_.size());
            const auto inner = code_.substr(at_ + 1, end - at_ - 1);
            at_ = end + 1;
            if (!inner.empty() && inner.find_first_not_of("hmsHMS") == std::string_view::npos) {
                elapsed_ = true;
                token();
            }
        } else if (c == '\\') {
            literal(code_.substr(std::min(at_ + 1, code_.size()), 1));
            at_ += 2;
        } else if (c == '_' || c == '*') { // room as wide as the next character
            at_ += 2;
        } else {
            at_ += plain(c);
        }
    }

    std::size_t plain(char c) {
        for (const std::string_view half : {"AM/PM", "am/pm", "A/P", "a/p"})
            if (code_.substr(at_).starts_with(half)) {
                token();
                return half.size();
            }
        if (code_.substr(at_).starts_with("General")) {
            token();
            return 7;
        }
        if (is_one_of(c, "dyDY")) {
            date_ = true;
            token();
        } else if (is_one_of(c, "hmsHMS")) {
            // `m` is minutes or a month; a month stands beside a day or a year, and alone its number is above 1.
            time_ = true;
            token();
        } else if (is_one_of(c, "0#?")) {
            format_.digits += c == '0' && !fraction_ ? 1 : 0;
            token();
        } else if (c == '.') {
            fraction_ = true;
        } else if (is_one_of(c, "+- ():")) {
            literal(code_.substr(at_, 1));
        }
        return 1;
    }

    void token() {
        broken_ |= begun_ && !format_.after.empty();
        begun_ = true;
        format_.after.clear();
    }

    void literal(std::string_view text) { (begun_ ? format_.after : format_.before) += text; }

    std::string_view code_;
    std::size_t at_ = 0;
    CellFormat format_;
    bool begun_ = false;
    bool broken_ = false; // something stands between the digits: a telephone number
    bool date_ = false;
    bool time_ = false;
    bool elapsed_ = false;
    bool fraction_ = false;
};

// "09:00", and its seconds if there are any.
std::string clock(std::int64_t seconds) {
    const auto text = fmt::format("{:02}:{:02}", seconds / 3600, seconds / 60 % 60);
    return seconds % 60 == 0 ? text : fmt::format("{}:{:02}", text, seconds % 60);
}

std::string duration(std::int64_t seconds) {
    const auto text = fmt::format("{}h {}min", seconds / 3600, seconds / 60 % 60);
    return seconds % 60 == 0 ? text : fmt::format("{} {}s", text, seconds % 60);
}

std::string moment(std::int64_t seconds, bool since_1904) {
    constexpr std::int64_t of_day = 86'400;
    const auto epoch = since_1904 ? 24'107 : 25'569; // days until 1970
    const auto days = static_cast<int>(seconds / of_day);
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days - epoch))};
    const auto text = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return seconds % of_day == 0 ? text : text + " " + clock(seconds % of_day);
}

// Without the noise of binary fractions: "1.1000000000000001" is 1.1.
std::string plain_number(const std::string& value, double number, int digits) {
    if (number == std::floor(number) && std::abs(number) < 1e15)
        return fmt::format("{:0{}}", static_cast<std::int64_t>(number), digits);
    return value.size() > exact_digits ? fmt::format("{:.15g}", number) : value;
}

} // namespace

CellFormat parse_cell_format(std::string_view code) {
    return Code(code).read();
}

std::string shown(const CellFormat& format, const std::string& value, bool since_1904) {
    constexpr double latest = 2'958'466; // the day after 9999-12-31
    using Kind = CellFormat::Kind;
    const auto number = number_of(value);
    if (!number)
        return value;
    if (format.kind == Kind::number)
        return format.before + plain_number(value, *number, format.digits) + format.after;
    if (*number < 0 || *number >= latest)
        return value;
    const auto seconds = std::llround(*number * 86'400);
    if (format.kind == Kind::elapsed)
        return format.before + duration(seconds) + format.after;
    if (*number >= 1 || (format.kind == Kind::date && since_1904))
        return moment(seconds, since_1904);
    return format.before + clock(seconds % 86'400) + format.after;
}

} // namespace testudo::import_
