#include "orchestrator/template/condition.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/template/quantity.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::template_ {
namespace {

class Parser {
  public:
    Parser(const Text& text, Diagnostics& out) : text_(text), words_(words_of(text)), out_(out) {}

    Condition parse() {
        Condition c;
        c.span = text_.span;
        for (const auto& word : words_)
            c.text += (c.text.empty() ? "" : " ") + word.value;
        if (!read(c) || (at_ < words_.size() && !failed_ && !unexpected()))
            c.kind = Condition::Kind::none;
        return c;
    }

  private:
    using Kind = Condition::Kind;

    bool read(Condition& c) {
        if (words_.empty())
            return unexpected();
        if (take("manual")) {
            c.kind = Kind::manual;
            return true;
        }
        if (peek().starts_with("T+")) {
            c.kind = Kind::at;
            const auto word = next();
            return duration(Text{word.value.substr(2), part_of(word, 2, word.value.size())}, c.time);
        }
        if (take("check"))
            return check(c);
        if (take("report"))
            return named(Kind::report, c);
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
        c.what = take("fired") ? "fired" : "completed";
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
    return Parser(text, out).parse();
}

} // namespace testudo::template_
