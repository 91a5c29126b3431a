#include "orchestrator/template/condition.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/template/expression.hpp"
#include "orchestrator/template/quantity.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::template_ {
namespace {

constexpr std::size_t longest_name = 40;
// What an `open` condition becomes: a moment, or any condition.
constexpr std::string_view moment_word = "moment";

bool is_day(std::string_view word) {
    const auto number = word.starts_with("day-") ? parse_whole_number(word.substr(4)) : std::nullopt;
    return number && *number >= 1 && *number <= 366;
}

class Parser {
  public:
    Parser(const Text& text, Diagnostics& out) : text_(text), words_(words_of(text)), out_(out) {}

    // Words that can only be meant as a moment; "recovery-5m" would be a name as well, so a phase needs the plus.
    bool is_moment() const {
        if (words_.empty())
            return false;
        const std::string_view first = words_[0].value;
        const bool signed_ =
            words_.size() > 1 && (words_[1].value.starts_with('+') || words_[1].value.starts_with('-'));
        return first.starts_with("T+") || first.starts_with("STARTEX") || first.starts_with("ENDEX") ||
               is_day(first.substr(0, first.find('+'))) || first.find('+') != std::string_view::npos || signed_;
    }
    // The name of a phase, which may stand under `at:` by itself.
    bool is_phase() const {
        return words_.size() == 1 && is_name(words_[0].value, longest_name) && words_[0].value != "manual" &&
               words_[0].value != "otherwise";
    }

    Condition moment() {
        auto c = begin();
        const auto first = next();
        auto length = std::min(first.value.find('+'), first.value.size());
        for (const std::string_view anchor : {"STARTEX", "ENDEX"})
            if (first.value.starts_with(anchor))
                length = anchor.size();
        c.ref = Text{first.value.substr(0, length), part_of(first, 0, length)};
        const bool start = c.ref.value == "T" || c.ref.value == "STARTEX";
        const bool phase = !start && c.ref.value != "ENDEX" && !is_day(c.ref.value);
        if (phase && !is_name(c.ref.value, longest_name)) {
            at_ = 0;
            unexpected();
            return c;
        }
        if (!shift(Text{first.value.substr(length), part_of(first, length, first.value.size())}, c.time))
            return c;
        if (start && c.time < Millis(0)) {
            at_ = 0;
            unexpected("nothing happens before STARTEX");
            return c;
        }
        c.kind = phase ? Condition::Kind::phase : Condition::Kind::at;
        if (start)
            c.ref = {};
        return c;
    }

    Condition parse() {
        auto c = begin();
        if (!read(c) || (at_ < words_.size() && !failed_ && !unexpected()))
            c.kind = Condition::Kind::none;
        return c;
    }

  private:
    using Kind = Condition::Kind;

    Condition begin() const {
        Condition c;
        c.span = text_.span;
        for (const auto& word : words_)
            c.text += (c.text.empty() ? "" : " ") + word.value;
        return c;
    }

    // What follows the anchor of a moment: "+5m", "- 5m", with blanks or without, or nothing. `rest` is what was
    // written in one word with the anchor.
    bool shift(const Text& rest, Millis& time) {
        if (rest.value.empty() && at_ == words_.size())
            return true;
        auto amount = rest.value.empty() ? next() : rest;
        const char sign = amount.value[0];
        if (sign != '+' && sign != '-') {
            --at_;
            return unexpected();
        }
        amount = Text{amount.value.substr(1), part_of(amount, 1, amount.value.size())};
        if (amount.value.empty() && at_ < words_.size())
            amount = next();
        if (at_ < words_.size())
            return unexpected();
        if (!duration(amount, time))
            return false;
        time = sign == '-' ? -time : time;
        return true;
    }

    bool read(Condition& c) {
        if (words_.empty())
            return unexpected();
        if (take("manual")) {
            c.kind = Kind::manual;
            return true;
        }
        if (take("otherwise")) {
            c.kind = Kind::otherwise;
            return true;
        }
        if (is_moment()) {
            c = moment();
            return c.kind != Kind::none;
        }
        if (take("check"))
            return check(c);
        if (take("report"))
            return report(c);
        if (take("score"))
            return score(c);
        if (take("phase"))
            return named(Kind::phase, c);
        if (peek() == "after" || (words_.size() > 1 && words_[1].value == "after"))
            return after(c);
        if (words_.size() > 1 && (words_[1].value == "holds" || words_[1].value == "gone"))
            return effect(c);
        return unexpected();
    }

    bool check(Condition& c) {
        if (!named(Kind::check, c))
            return false;
        static const std::vector<std::string> states{"down", "faulty", "degraded", "ok"};
        if (at_ == words_.size() || std::find(states.begin(), states.end(), peek()) == states.end())
            return unexpected("after the check's name stands `down`, `faulty`, `degraded` or `ok`");
        c.what = next().value;
        return lasting(c);
    }

    bool report(Condition& c) {
        if (!named(Kind::report, c) || !take("graded"))
            return c.ref.given();
        c.kind = Kind::grade;
        if (peek() != "below" && peek() != "above")
            return unexpected("after `graded` stands `below` or `above` and a share, such as 50%");
        c.what = next().value;
        const auto share = peek();
        const auto number = share.ends_with('%') ? parse_points(share.substr(0, share.size() - 1)) : std::nullopt;
        if (!number || *number > 100'000)
            return unexpected("a share of the points, such as 50%");
        c.milli = *number / 100; // thousandths
        ++at_;
        return true;
    }

    bool score(Condition& c) {
        c.kind = Kind::score;
        if (peek() != "below" && peek() != "above")
            return unexpected("after `score` stands `below` or `above` and a number of points");
        c.what = next().value;
        const auto points = at_ < words_.size() ? parse_points(peek()) : std::nullopt;
        if (!points)
            return unexpected("a number of points, such as 400");
        c.milli = *points;
        ++at_;
        return true;
    }

    bool effect(Condition& c) {
        c.kind = Kind::effect;
        c.ref = next();
        c.what = next().value;
        return lasting(c);
    }

    bool after(Condition& c) {
        if (peek() != "after" && !duration(next(), c.time))
            return false;
        ++at_; // "after"
        if (take("phase"))
            return named(Kind::phase, c);
        if (!named(Kind::after, c))
            return false;
        c.what = take("fired") ? "fired" : take("failed") ? "failed" : "completed";
        return true;
    }

    bool named(Kind kind, Condition& c) {
        c.kind = kind;
        if (at_ == words_.size())
            return unexpected();
        c.ref = next();
        return true;
    }

    bool lasting(Condition& c) {
        if (!take("for"))
            return true;
        if (at_ == words_.size())
            return unexpected("after `for` stands a duration, such as 5m");
        return duration(next(), c.time);
    }

    bool duration(const Text& word, Millis& time) {
        const auto read = parse_duration(word.value);
        if (!read) {
            failed_ = true;
            error(out_, "T0206", word.span, fmt::format("`{}` is no duration", word.value),
                  "write numbers with units: 90s, 5m, 1h30m");
            return false;
        }
        time = *read;
        return true;
    }

    std::string_view peek() const { return at_ < words_.size() ? std::string_view(words_[at_].value) : ""; }
    const Text& next() { return words_[at_++]; }
    bool take(std::string_view word) {
        const bool is = peek() == word;
        at_ += is ? 1 : 0;
        return is;
    }

    bool unexpected(const std::string& hint = "") {
        static const std::string forms = "write for example `T+5m`, `3m after advisory`, `defaced holds for 10m`, "
                                         "`check portal-answers down for 2m`, `report incident` or `manual`";
        failed_ = true;
        const auto ended = at_ >= words_.size();
        error(out_, "T0902", ended ? text_.span : words_[at_].span,
              ended ? std::string("this condition is not complete")
                    : fmt::format("`{}` is not understood in a condition", words_[at_].value),
              hint.empty() ? forms : hint);
        return false;
    }

    const Text& text_;
    std::vector<Text> words_;
    Diagnostics& out_;
    std::size_t at_ = 0;
    bool failed_ = false;
};

} // namespace

Condition parse_condition(const Text& text, Diagnostics& out) {
    if (!has_expressions(text))
        return Parser(text, out).parse();
    Condition c;
    c.kind = Condition::Kind::open;
    c.ref = text;
    c.span = text.span;
    return c;
}

std::optional<Condition> parse_moment(const Text& text, Diagnostics& out) {
    if (has_expressions(text)) {
        auto c = parse_condition(text, out);
        c.what = moment_word;
        return c;
    }
    Parser parser(text, out);
    if (!parser.is_moment() && !parser.is_phase())
        return std::nullopt;
    return parser.moment();
}

Condition combined(Condition::Kind kind, std::vector<Condition> parts, Span span) {
    Condition c;
    c.kind = kind;
    c.span = std::move(span);
    for (const auto& part : parts) {
        if (kind == Condition::Kind::negation)
            c.text = part.parts.empty() ? "not " + part.text : fmt::format("not ({})", part.text);
        else
            c.text += fmt::format("{}{}",
                                  c.text.empty()                 ? ""
                                  : kind == Condition::Kind::all ? " and "
                                                                 : " or ",
                                  part.parts.size() < 2 ? part.text : "(" + part.text + ")");
    }
    c.parts = std::move(parts);
    return c;
}

Condition resolved(const Condition& condition, const Evaluate& evaluate, Diagnostics& out) {
    if (condition.kind == Condition::Kind::open) {
        Condition wrong;
        wrong.span = condition.span;
        const auto value = evaluate(condition.ref);
        if (!value)
            return wrong;
        const Text text{*value, condition.ref.span};
        if (condition.what != moment_word)
            return Parser(text, out).parse();
        if (auto moment = parse_moment(text, out))
            return *moment;
        error(out, "T0902", text.span, fmt::format("`{}` is no exercise time", *value), "conditions go under `when:`");
        return wrong;
    }
    if (condition.parts.empty())
        return condition;
    std::vector<Condition> parts;
    for (const auto& part : condition.parts)
        parts.push_back(resolved(part, evaluate, out));
    return combined(condition.kind, std::move(parts), condition.span);
}

} // namespace testudo::template_
