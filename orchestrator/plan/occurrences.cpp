#include "orchestrator/plan/occurrences.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/plan/moments.hpp"
#include "orchestrator/template/quantity.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::plan {
namespace {

using template_::Condition;
using template_::error;
using template_::InjectSpec;
using template_::Text;
using Kind = Condition::Kind;

constexpr std::size_t most_injects = 20'000;
constexpr std::size_t longest_name = 40; // a name of 24 characters, and what repetition adds to it
constexpr Millis least_period{1'000};

template_::Value value_of(const std::string& text) {
    if (const auto number = template_::parse_whole_number(text))
        return *number;
    return text;
}

// How a moment, or what comes after something, reads when it was put off.
std::string words_of(const Condition& c) {
    const auto time = template_::to_text(c.time);
    if (c.kind == Kind::at)
        return c.ref.value.empty() ? "T+" + time
                                   : fmt::format("{} {} {}", c.ref.value, c.time < Millis(0) ? "-" : "+",
                                                 template_::to_text(c.time < Millis(0) ? -c.time : c.time));
    if (c.kind == Kind::phase)
        return fmt::format("{} after phase {}", time, c.ref.value);
    return fmt::format("{} after {}{}", time, c.ref.value, c.what == "completed" ? "" : " " + c.what);
}

Condition negated(Condition c) {
    auto span = c.span;
    return template_::combined(Kind::negation, {std::move(c)}, std::move(span));
}

Condition fired(const std::string& id, Millis later, const Span& span) {
    Condition c;
    c.kind = Kind::after;
    c.ref = Text{id, span};
    c.what = "fired";
    c.time = later;
    c.span = span;
    c.text = words_of(c);
    return c;
}

class Writer {
  public:
    explicit Writer(Draft& draft) : draft_(draft), shared_(PlanScope::shared(draft)) {}

    Occurrences run() {
        for (const auto& spec : draft_.source.timeline)
            if (spec.id.given() && !write(spec))
                break;
        for (std::size_t i = 0; i < draft_.source.choices.size(); ++i)
            exclude(i);
        for (auto& one : out_.all)
            if (one.spec.choice < 0)
                refuse_otherwise(one.spec.when);
        return std::move(out_);
    }

  private:
    // False when there are too many.
    bool write(const InjectSpec& spec) {
        const std::vector<template_::Row> once{{}};
        const auto& rows = spec.each_span.file ? spec.each : once;
        auto pattern = spec; // what every one of them is a copy of
        pattern.each.clear();
        std::int64_t number = 0;
        for (const auto& row : rows) {
            auto bindings = bindings_of(row, number + 1);
            const auto times = times_of(spec, bindings);
            std::string first;
            for (std::int64_t round = 1; round <= times; ++round) {
                if (out_.all.size() == most_injects) {
                    error(draft_.out, "T1201", spec.span,
                          fmt::format("the timeline has more than {} injects", most_injects));
                    return false;
                }
                bindings[row.size()].second = ++number;
                bindings[row.size() + 1].second = round;
                Occurrence one{pattern, bindings, spec.repeat.span.file && !spec.repeat.times.given()};
                if (!fill(one, number))
                    continue;
                if (round == 1)
                    first = one.spec.id.value;
                else
                    put_off(one.spec, one.bindings, round, first);
                out_.all.push_back(std::move(one));
            }
        }
        return true;
    }

    static Bindings bindings_of(const template_::Row& row, std::int64_t number) {
        Bindings bindings;
        for (const auto& [name, text] : row)
            bindings.emplace_back(name, value_of(text.value));
        bindings.emplace_back("number", number);
        bindings.emplace_back("round", std::int64_t{1});
        return bindings;
    }

    std::int64_t times_of(const InjectSpec& spec, const Bindings& bindings) {
        const auto& repeat = spec.repeat;
        if (!repeat.span.file || !repeat.every.given())
            return 1;
        if (repeat.every.value < least_period) {
            error(draft_.out, "T1208", repeat.every.span, "this is too often", "once in a second at most");
            return 1;
        }
        const auto until = time_of(resolved(repeat.until, bindings), draft_);
        if (repeat.times.given() && !until)
            return repeat.times.value;
        const auto begin = time_of(resolved(spec.when, bindings), draft_).value_or(Millis(0));
        const auto end = until.value_or(draft_.plan.duration);
        const auto fit = end < begin ? 1 : (end - begin) / repeat.every.value + 1;
        // One more than are allowed is enough to be refused.
        const auto times = std::min<std::int64_t>(fit, static_cast<std::int64_t>(most_injects) + 1);
        return repeat.times.given() ? std::min(times, repeat.times.value) : times;
    }

    Condition resolved(const Condition& condition, const Bindings& bindings) {
        const LoopScope scope(shared_, bindings);
        return template_::resolved(
            condition, [&](const Text& text) { return template_::expand(text, scope, draft_.out); }, draft_.out);
    }

    // False when it has no name, which was said.
    bool fill(Occurrence& one, std::int64_t number) {
        auto& spec = one.spec;
        const LoopScope scope(shared_, one.bindings);
        const auto evaluate = [&](Text& text) {
            auto value = text.given() ? template_::expand(text, scope, draft_.out) : std::nullopt;
            if (value)
                text.value = std::move(*value);
            return value.has_value();
        };
        const bool repeated = spec.each_span.file || spec.repeat.span.file;
        if (repeated && !template_::has_expressions(spec.id)) {
            const auto family = spec.id.value;
            spec.id.value += fmt::format("-{}", number);
            out_.families.emplace(family, spec.id.value);
        } else if (template_::has_expressions(spec.id)) {
            if (!evaluate(spec.id))
                return false;
            if (!template_::is_name(spec.id.value, longest_name))
                error(
                    draft_.out, "T0209", spec.id.span,
                    fmt::format("`{}` cannot be the name of an inject", spec.id.value),
                    fmt::format("a small letter, then small letters, digits and single hyphens, at most {} characters",
                                longest_name));
        }
        for (auto* text : {&spec.title, &spec.objective, &spec.controller, &spec.from, &spec.expected,
                           &spec.expects.report, &spec.technique, &spec.on, &spec.by})
            evaluate(*text);
        for (auto& to : spec.to)
            evaluate(to);
        spec.when = resolved(spec.when, one.bindings);
        return true;
    }

    // The condition of a later round.
    void put_off(InjectSpec& spec, const Bindings& bindings, std::int64_t round, const std::string& first) {
        const auto later = spec.repeat.every.value * (round - 1);
        auto& when = spec.when;
        const bool in_time = when.kind == Kind::at || when.kind == Kind::phase || when.kind == Kind::after;
        if (in_time) {
            when.time += later;
            when.text = words_of(when);
        } else if (when.kind != Kind::none) {
            when = fired(first, later, when.span);
        }
        auto until = resolved(spec.repeat.until, bindings);
        // Moments are counted already, unless nobody knows when the first time will be.
        const bool moment = until.kind == Kind::at || until.kind == Kind::phase;
        if (until.kind == Kind::none || when.kind == Kind::none || (moment && when.kind != Kind::after))
            return;
        until.time += Millis(moment ? 1 : 0); // the last time may be at that very moment
        auto span = when.span;
        when = template_::combined(Kind::all, {std::move(when), negated(std::move(until))}, std::move(span));
    }

    // A way is taken when the choice is made, its own condition holds, that of no way before it does, and no other has
    // been taken.
    void exclude(std::size_t choice) {
        std::vector<InjectSpec*> ways;
        for (auto& one : out_.all)
            if (one.spec.choice == static_cast<int>(choice))
                ways.push_back(&one.spec);
        const auto made = resolved(draft_.source.choices[choice].when, {});
        std::vector<Condition> own;
        for (const auto* way : ways)
            own.push_back(way->when);
        for (std::size_t i = 0; i < ways.size(); ++i) {
            auto& when = ways[i]->when;
            const bool otherwise = when.kind == Kind::otherwise;
            if (otherwise && i + 1 < ways.size())
                refuse_otherwise(when);
            if (when.kind == Kind::none || made.kind == Kind::none) {
                when.kind = Kind::none;
                continue;
            }
            std::vector<Condition> parts{made};
            if (!otherwise)
                parts.push_back(own[i]);
            for (std::size_t j = 0; j < ways.size(); ++j) {
                if (j < i && own[j].kind != Kind::none)
                    parts.push_back(negated(own[j]));
                if (j != i)
                    parts.push_back(negated(fired(ways[j]->id.value, Millis(0), when.span)));
            }
            auto both = template_::combined(Kind::all, std::move(parts), when.span);
            both.text = fmt::format("{}, {}", made.text, otherwise ? when.text : "if " + when.text);
            when = std::move(both);
        }
    }

    void refuse_otherwise(Condition& c) {
        if (c.kind == Kind::otherwise) {
            error(draft_.out, "T1207", c.span, "`otherwise` is for the last way of a choice",
                  "`choose:` holds the ways, and the last may say `when: otherwise`");
            c.kind = Kind::none;
        }
        for (auto& part : c.parts)
            refuse_otherwise(part);
    }

    Draft& draft_;
    PlanScope shared_;
    Occurrences out_;
};

} // namespace

Occurrences written_out(Draft& draft) {
    return Writer(draft).run();
}

} // namespace testudo::plan
