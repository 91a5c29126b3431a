#include "orchestrator/template/expression.hpp"

#include <charconv>
#include <fmt/format.h>
#include <limits>

namespace testudo::template_ {
namespace {

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Evaluates what stands between the braces. `place(begin, end)` turns offsets into spans.
template <class Place> class Evaluator {
  public:
    Evaluator(std::string_view text, const Scope& scope, Place place, Diagnostics& out)
        : text_(text), scope_(scope), place_(place), out_(out) {}

    std::optional<Value> run() {
        auto value = sum();
        skip();
        if (value && at_ < text_.size())
            return malformed();
        return value;
    }

  private:
    static constexpr int deepest = 32;
    static constexpr int widest = 32;

    void skip() {
        while (at_ < text_.size() && text_[at_] == ' ')
            ++at_;
    }
    bool take(char c) {
        skip();
        if (at_ == text_.size() || text_[at_] != c)
            return false;
        ++at_;
        return true;
    }

    std::nullopt_t malformed() {
        if (at_ < text_.size())
            error(out_, "T0304", place_(at_, at_ + 1),
                  fmt::format("`{}` is not understood in this expression", text_[at_]),
                  "an expression holds numbers, names, + - * / %, brackets, pad(..) and hex(..)");
        else
            error(out_, "T0304", place_(0, text_.size()), "this expression is not complete",
                  "write for example `{{ 10 + team.number }}`");
        return std::nullopt;
    }

    std::optional<Value> sum() {
        const auto begin = at_;
        auto left = product();
        while (left) {
            const char operation = take('+') ? '+' : take('-') ? '-' : ' ';
            if (operation == ' ')
                return left;
            left = combine(operation, *left, product(), begin);
        }
        return left;
    }

    std::optional<Value> product() {
        const auto begin = at_;
        auto left = factor();
        while (left) {
            const char operation = take('*') ? '*' : take('/') ? '/' : take('%') ? '%' : ' ';
            if (operation == ' ')
                return left;
            left = combine(operation, *left, factor(), begin);
        }
        return left;
    }

    std::optional<Value> factor() {
        skip();
        const auto begin = at_;
        if (take('(')) {
            if (++depth_ > deepest)
                return malformed();
            auto inner = sum();
            --depth_;
            if (inner && !take(')'))
                return malformed();
            return inner;
        }
        if (at_ < text_.size() && is_digit(text_[at_]))
            return number(begin);
        if (at_ < text_.size() && is_letter(text_[at_]))
            return name(begin);
        return malformed();
    }

    std::optional<Value> number(std::size_t begin) {
        while (at_ < text_.size() && is_digit(text_[at_]))
            ++at_;
        std::int64_t n = 0;
        const auto [end, fault] = std::from_chars(text_.data() + begin, text_.data() + at_, n);
        if (fault == std::errc() && end == text_.data() + at_)
            return n;
        error(out_, "T0307", place_(begin, at_), "this number is too large");
        return std::nullopt;
    }

    std::optional<Value> name(std::size_t begin) {
        const auto part_of_name = [this] {
            const char c = text_[at_];
            if (is_letter(c) || is_digit(c))
                return true;
            const bool follows = at_ + 1 < text_.size() && (is_letter(text_[at_ + 1]) || is_digit(text_[at_ + 1]));
            return (c == '-' || c == '.') && follows;
        };
        while (at_ < text_.size() && part_of_name())
            ++at_;
        const std::string word(text_.substr(begin, at_ - begin));
        if (at_ < text_.size() && text_[at_] == '(')
            return call(word, begin);
        if (auto value = scope_.find(word))
            return value;
        const auto known = scope_.names();
        const auto reason = scope_.why_not(word);
        auto hint = suggest(word, known);
        if (word.find('-') != std::string::npos && !hint.starts_with("did"))
            hint = "a minus needs blanks around it";
        error(out_, reason.empty() ? "T0305" : "T0306", place_(begin, at_),
              reason.empty() ? fmt::format("`{}` means nothing here", word) : reason, reason.empty() ? hint : "");
        return std::nullopt;
    }

    // `pad(..)` and `hex(..)`; `begin` is where the word began.
    std::optional<Value> call(const std::string& word, std::size_t begin) {
        const auto end_of_word = at_;
        if (++depth_ > deepest)
            return malformed();
        std::vector<Value> given;
        take('(');
        do {
            auto value = sum();
            if (!value)
                return std::nullopt;
            given.push_back(std::move(*value));
        } while (take(','));
        if (!take(')'))
            return malformed();
        --depth_;
        if (word == "pad")
            return padded(given, begin);
        if (word == "hex")
            return hexadecimal(given, begin);
        error(out_, "T1110", place_(begin, end_of_word), fmt::format("there is no function `{}`", word),
              suggest(word, {"hex", "pad"}));
        return std::nullopt;
    }

    std::optional<Value> padded(const std::vector<Value>& given, std::size_t begin) {
        const auto* width = given.size() == 2 ? std::get_if<std::int64_t>(&given[1]) : nullptr;
        const auto* number = std::get_if<std::int64_t>(&given[0]);
        if (!width || *width < 1 || *width > widest || (number && *number < 0)) {
            error(out_, "T1111", place_(begin, at_),
                  fmt::format("`pad` takes a text or a number not below 0, and a width from 1 to {}", widest),
                  "`{{ pad(team.number, 2) }}` gives 01, 02, ...");
            return std::nullopt;
        }
        auto text = number ? std::to_string(*number) : std::get<std::string>(given[0]);
        if (text.size() < static_cast<std::size_t>(*width))
            text.insert(0, static_cast<std::size_t>(*width) - text.size(), '0');
        return text;
    }

    std::optional<Value> hexadecimal(const std::vector<Value>& given, std::size_t begin) {
        const auto* number = given.size() == 1 ? std::get_if<std::int64_t>(&given[0]) : nullptr;
        if (number && *number >= 0)
            return fmt::format("{:x}", *number);
        error(out_, "T1111", place_(begin, at_), "`hex` takes one number not below 0",
              "`{{ hex(team.number) }}` gives 1, 2, ... 9, a, b, ...");
        return std::nullopt;
    }

    std::optional<Value> combine(char operation, const Value& left, const std::optional<Value>& right,
                                 std::size_t begin) {
        if (!right)
            return std::nullopt;
        const auto* a = std::get_if<std::int64_t>(&left);
        const auto* b = std::get_if<std::int64_t>(&*right);
        if (!a || !b) {
            error(out_, "T0304", place_(begin, at_), "only numbers can be calculated with");
            return std::nullopt;
        }
        std::int64_t result = 0;
        bool fits = true;
        switch (operation) {
        case '+':
            fits = !__builtin_add_overflow(*a, *b, &result);
            break;
        case '-':
            fits = !__builtin_sub_overflow(*a, *b, &result);
            break;
        case '*':
            fits = !__builtin_mul_overflow(*a, *b, &result);
            break;
        default:
            if (*b == 0) {
                error(out_, "T0307", place_(begin, at_), "division by zero");
                return std::nullopt;
            }
            // The one division that overflows.
            fits = *b != -1 || *a != std::numeric_limits<std::int64_t>::min();
            if (fits)
                result = operation == '/' ? *a / *b : *a % *b;
        }
        if (!fits) {
            error(out_, "T0307", place_(begin, at_), "the result is too large");
            return std::nullopt;
        }
        return result;
    }

    std::string_view text_;
    const Scope& scope_;
    Place place_;
    Diagnostics& out_;
    std::size_t at_ = 0;
    int depth_ = 0;
};

} // namespace

bool has_expressions(const Text& text) {
    return text.value.find("{{") != std::string::npos;
}

std::optional<std::string> expand(const Text& text, const Scope& scope, Diagnostics& out) {
    if (!has_expressions(text))
        return text.value;
    const std::string_view value(text.value);
    std::string result;
    bool good = true;
    // Expressions come in the same order in the value and in its source, whatever quoting and folding lies between.
    std::size_t in_source = text.span.begin;
    for (std::size_t at = 0;;) {
        const auto open = value.find("{{", at);
        result += value.substr(at, open == std::string_view::npos ? open : open - at);
        if (open == std::string_view::npos)
            break;
        in_source = text.span.file ? text.span.file->text.find("{{", in_source) : 0;
        const auto place = [&text, base = in_source](std::size_t begin, std::size_t end) {
            return base == std::string::npos ? text.span : Span{text.span.file, base + 2 + begin, base + 2 + end};
        };
        const auto close = value.find("}}", open);
        if (close == std::string_view::npos) {
            error(out, "T0304",
                  in_source == std::string::npos ? text.span : Span{text.span.file, in_source, in_source + 2},
                  "these braces are never closed", "an expression ends with `}}`");
            return std::nullopt;
        }
        Evaluator evaluator(value.substr(open + 2, close - open - 2), scope, place, out);
        if (const auto one = evaluator.run())
            result += std::holds_alternative<std::string>(*one) ? std::get<std::string>(*one)
                                                                : std::to_string(std::get<std::int64_t>(*one));
        else
            good = false;
        at = close + 2;
        if (in_source != std::string::npos)
            in_source += 2;
    }
    if (!good)
        return std::nullopt;
    return result;
}

} // namespace testudo::template_
