#include "orchestrator/core/diagnostic.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>

namespace testudo {
namespace {

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

// East Asian wide and fullwidth characters take two cells in a terminal (Unicode TR11, the common blocks).
std::size_t cells_of(char32_t c) {
    const bool wide = (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                      (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                      (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD);
    return wide ? 2 : 1;
}

// What stands under `text` in a terminal: tabs kept (the terminal aligns them), every other cell a space.
std::string blanks_under(std::string_view text, char fill) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        std::size_t length = 1;
        while (i + length < text.size() && length < 4 && continues_character(text[i + length]))
            ++length;
        char32_t c = lead;
        if (length > 1) {
            c = lead & (0xFFU >> (length + 1));
            for (std::size_t k = 1; k < length; ++k)
                c = (c << 6) | (static_cast<unsigned char>(text[i + k]) & 0x3FU);
        }
        if (text[i] == '\t' && fill == ' ')
            out += '\t';
        else
            out.append(cells_of(c), fill);
        i += length;
    }
    return out;
}

struct Line {
    std::size_t begin;
    std::size_t end;
};

Line line_around(const std::string& text, std::size_t at) {
    at = std::min(at, text.size());
    const auto before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    const auto begin = before == std::string::npos ? 0 : before + 1;
    const auto after = text.find('\n', at);
    return {begin, after == std::string::npos ? text.size() : after};
}

// The part of a line around a place: nobody reads more of one that some program wrote.
Line window(std::string_view text, Line line, std::size_t at) {
    constexpr std::size_t widest = 200;
    constexpr std::size_t before = 80;
    if (line.end - line.begin <= widest)
        return line;
    at = std::clamp(at, line.begin, line.end);
    Line out{at - std::min(before, at - line.begin), 0};
    out.end = std::min(out.begin + widest, line.end);
    while (out.begin > line.begin && out.begin < line.end && continues_character(text[out.begin]))
        --out.begin;
    while (out.end > out.begin && out.end < line.end && continues_character(text[out.end]))
        --out.end;
    return out;
}

// A terminal gets neither control characters nor bytes that are no UTF-8, which is what the diagnostic may be about.
std::string printable(std::string_view line) {
    std::string out;
    for (std::size_t i = 0; i < line.size();) {
        const auto lead = static_cast<unsigned char>(line[i]);
        const std::size_t length = lead < 0x80   ? 1
                                   : lead < 0xC2 ? 0
                                   : lead < 0xE0 ? 2
                                   : lead < 0xF0 ? 3
                                   : lead < 0xF5 ? 4
                                                 : 0;
        std::size_t found = 1;
        while (i + found < line.size() && found < length && continues_character(line[i + found]))
            ++found;
        const bool control = (lead < 0x20 && lead != '\t') || lead == 0x7F;
        out += control || found != length ? "?" : line.substr(i, length);
        i += control || found != length ? 1 : length;
    }
    return out;
}

std::string place(const Span& span) {
    if (!span.file)
        return "";
    const auto at = position_of(span);
    return fmt::format("{}:{}:{}: ", span.file->name, at.line, at.column);
}

std::string excerpt(const Span& span) {
    if (!span.file)
        return "";
    const auto& text = span.file->text;
    const auto line = line_around(text, span.begin);
    const auto [begin, end] = window(text, line, span.begin);
    const std::string before = begin > line.begin ? "…" : "";
    const std::string after = end < line.end ? "…" : "";
    const auto from = std::clamp(span.begin, begin, end);
    const auto to = std::clamp(span.end, from, end);
    const auto number = std::to_string(position_of(span).line);
    const std::string_view view(text);
    auto carets = blanks_under(view.substr(from, to - from), '~');
    if (carets.empty())
        carets = "^";
    carets.front() = '^';
    return fmt::format(" {} | {}{}{}\n {} | {}{}{}\n", number, before, printable(view.substr(begin, end - begin)),
                       after, std::string(number.size(), ' '), std::string(before.empty() ? 0 : 1, ' '),
                       blanks_under(view.substr(begin, from - begin), ' '), carets);
}

json::object place_json(const Span& span) {
    json::object out;
    if (span.file) {
        const auto at = position_of(span);
        const auto until = position_of(Span{span.file, span.end, span.end});
        out["file"] = span.file->name;
        out["line"] = at.line;
        out["column"] = at.column;
        out["end_line"] = until.line;
        out["end_column"] = until.column;
    }
    return out;
}

constexpr std::size_t longest_compared = 64; // more is no slip of the finger, and one machine word holds as many

// One word's edit distance to many others, two letters that changed places being one edit; a column of the table at a
// time, bit i of a mask being the step from row i to row i + 1 (H. Hyyro, A bit-vector algorithm for computing
// Levenshtein and Damerau edit distances, Nordic Journal of Computing 10, 2003). Thousands of wrong words may meet
// thousands of names.
class DistanceTo {
  public:
    // `word` has 1 to longest_compared bytes.
    explicit DistanceTo(std::string_view word) : size_(word.size()), last_(std::uint64_t{1} << (word.size() - 1)) {
        for (std::size_t i = 0; i < word.size(); ++i)
            where_[static_cast<unsigned char>(word[i])] |= std::uint64_t{1} << i;
    }

    // The distance, or `limit` if it is that or more.
    std::size_t of(std::string_view other, std::size_t limit) const {
        if (std::max(other.size(), size_) - std::min(other.size(), size_) >= limit)
            return limit;
        std::uint64_t up = ~std::uint64_t{0};
        std::uint64_t down = 0;
        std::uint64_t same = ~std::uint64_t{0}; // rows in which the diagonal costs nothing
        std::uint64_t equal = 0;
        auto distance = size_;
        auto left = other.size();
        for (const char c : other) {
            const auto before = equal;
            equal = where_[static_cast<unsigned char>(c)];
            const auto swapped = (~same & equal) << 1 & before;
            same = (((equal & up) + up) ^ up) | equal | down | swapped;
            const auto grows = down | ~(same | up);
            const auto shrinks = up & same;
            if ((grows & last_) != 0)
                ++distance;
            else if ((shrinks & last_) != 0)
                --distance;
            if (distance >= limit + --left) // each further character takes away one at most
                return limit;
            const auto right = grows << 1 | 1;
            up = shrinks << 1 | ~(same | right);
            down = right & same;
        }
        return distance;
    }

  private:
    std::size_t size_;
    std::uint64_t last_;
    std::array<std::uint64_t, 256> where_{};
};

} // namespace

Position position_of(const Span& span) {
    if (!span.file)
        return {};
    const std::string_view text(span.file->text);
    const auto at = std::min(span.begin, text.size());
    const auto begin = line_around(span.file->text, at).begin;
    std::size_t line = 0;
    for (auto next = text.find('\n'); next < begin; next = text.find('\n', next + 1))
        ++line;
    return {line + 1, characters(text.substr(begin, at - begin)) + 1};
}

std::string render(const Diagnostic& d) {
    auto out = fmt::format("{}{}[{}]: {}\n{}", place(d.span), d.severity == Severity::error ? "error" : "warning",
                           d.code, d.message, excerpt(d.span));
    if (!d.hint.empty())
        out += fmt::format("  hint: {}\n", d.hint);
    for (const auto& related : d.related)
        out += fmt::format("  {}note: {}\n{}", place(related.span), related.message, excerpt(related.span));
    return out;
}

json::object to_json(const Diagnostic& d) {
    json::object out = place_json(d.span);
    out["code"] = d.code;
    out["severity"] = d.severity == Severity::error ? "error" : "warning";
    out["message"] = d.message;
    out["hint"] = d.hint;
    json::array related;
    for (const auto& r : d.related) {
        auto item = place_json(r.span);
        item["message"] = r.message;
        related.push_back(std::move(item));
    }
    out["related"] = std::move(related);
    return out;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    if (word.empty() || word.size() > longest_compared)
        return "";
    const DistanceTo distance(word);
    const std::string* best = nullptr;
    auto best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        const auto d = distance.of(candidate, best_distance);
        if (d < best_distance) {
            best_distance = d;
            best = &candidate;
        }
        if (d == 1)
            break; // nearer is only the word itself
    }
    return best ? *best : "";
}

} // namespace testudo
