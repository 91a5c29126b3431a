#include "orchestrator/plan/conditions.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/plan/moments.hpp"
#include "orchestrator/plan/parameters.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::plan {
namespace {

using template_::Condition;
using template_::error;
using template_::Text;
using Kind = Condition::Kind;

When::Kind kind_of(Kind kind) {
    switch (kind) {
    case Kind::at:
        return When::Kind::at;
    case Kind::after:
        return When::Kind::after;
    case Kind::phase:
        return When::Kind::phase;
    case Kind::check:
        return When::Kind::check;
    case Kind::effect:
        return When::Kind::effect;
    case Kind::report:
        return When::Kind::report;
    case Kind::grade:
        return When::Kind::grade;
    case Kind::score:
        return When::Kind::score;
    case Kind::all:
        return When::Kind::all;
    case Kind::any:
        return When::Kind::any;
    case Kind::negation:
        return When::Kind::negation;
    case Kind::none:
    case Kind::manual:
    case Kind::otherwise:
    case Kind::open:
        break;
    }
    return When::Kind::manual;
}

constexpr std::int64_t all_points = 1'000'000; // milli

// True from STARTEX on, or nothing is known.
std::optional<Millis> surely(bool true_) {
    return true_ ? std::optional(Millis(0)) : std::nullopt;
}

// What must have happened before this can; what must not have happened is waited for by nobody.
void collect_waits(const Condition& c, std::vector<Text>& out) {
    if (c.kind == Kind::after || c.kind == Kind::effect)
        out.push_back(c.ref);
    if (c.kind != Kind::negation)
        for (const auto& part : c.parts)
            collect_waits(part, out);
}

bool asks_a_team(const Condition& c) {
    switch (c.kind) {
    case Kind::check:
    case Kind::effect:
    case Kind::report:
    case Kind::grade:
    case Kind::score:
        return true;
    default:
        return std::any_of(c.parts.begin(), c.parts.end(), asks_a_team);
    }
}

void collect_references(const Condition& c, std::vector<std::string>& out) {
    if (c.kind == Kind::after)
        out.push_back(c.ref.value);
    for (const auto& part : c.parts)
        collect_references(part, out);
}

// The parts of an `all`, those of an `all` in it included.
void flatten(const Condition& c, std::vector<const Condition*>& out) {
    for (const auto& part : c.parts) {
        if (part.kind == Kind::all)
            flatten(part, out);
        else
            out.push_back(&part);
    }
}

bool same(const Condition& a, const Condition& b) {
    return a.kind == b.kind && a.time == b.time && a.ref.value == b.ref.value && a.what == b.what &&
           a.milli == b.milli && std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(), same);
}

} // namespace

Conditions::Conditions(Draft& draft, const Occurrences& injects) : draft_(draft), injects_(injects) {
    for (const auto& one : injects.all) {
        auto& node = nodes_[one.spec.id.value];
        if (node.inject)
            continue; // a second one of that name is reported elsewhere
        node.inject = &one;
        collect_waits(one.spec.when, node.waits_for);
        if (one.spec.expects.report.given() &&
            std::find(report_kinds_.begin(), report_kinds_.end(), one.spec.expects.report.value) == report_kinds_.end())
            report_kinds_.push_back(one.spec.expects.report.value);
    }
    refuse_cycles();
    find_windows();
    spread_per_team();
}

When Conditions::when_of(const Condition& c) {
    When when;
    when.kind = kind_of(c.kind);
    when.time = c.time;
    when.ref = c.ref.value;
    when.what = c.what;
    when.milli = c.milli;
    when.text = c.text;
    check_reference(c);
    const auto at = time_of(c, draft_);
    if (at && *at < Millis(0))
        error(draft_.out, "T0914", c.span, "this never happens: it is before STARTEX");
    if (at && c.kind == Kind::at) {
        when.time = *at;
        when.ref.clear();
        if (draft_.source.duration.given() && *at > draft_.plan.duration)
            error(
                draft_.out, "T0914", c.span,
                fmt::format("this never happens: the exercise ends at T+{}", template_::to_text(draft_.plan.duration)));
    }
    for (const auto& part : c.parts)
        when.parts.push_back(when_of(part));
    return when;
}

// --- what is named

void Conditions::check_reference(const Condition& c) {
    switch (c.kind) {
    case Kind::after:
        known_inject(c.ref);
        break;
    case Kind::check:
        known(c.ref, draft_.check_names, "T0905", "check");
        break;
    case Kind::phase:
        refuse_unknown_phase(c, draft_);
        break;
    case Kind::report:
    case Kind::grade:
        if (std::find(report_kinds_.begin(), report_kinds_.end(), c.ref.value) == report_kinds_.end())
            error(draft_.out, "T0907", c.ref.span, fmt::format("no message expects a report of kind `{}`", c.ref.value),
                  template_::suggest(c.ref.value, report_kinds_));
        break;
    case Kind::effect:
        check_effect(c.ref);
        break;
    default:
        break;
    }
}

void Conditions::known(const Text& ref, const std::vector<std::string>& names, const char* code,
                       std::string_view what) {
    if (std::find(names.begin(), names.end(), ref.value) == names.end())
        error(draft_.out, code, ref.span, fmt::format("there is no {} `{}`", what, ref.value),
              template_::suggest(ref.value, names));
}

void Conditions::known_inject(const Text& ref) {
    if (nodes_.contains(ref.value))
        return;
    if (const auto family = injects_.families.find(ref.value); family != injects_.families.end()) {
        error(draft_.out, "T1210", ref.span, fmt::format("`{}` happens more than once", ref.value),
              fmt::format("name one of them: the first is `{}`", family->second));
        return;
    }
    std::vector<std::string> names;
    for (const auto& one : injects_.all)
        names.push_back(one.spec.id.value);
    known(ref, names, "T0903", "message or action");
}

void Conditions::check_effect(const Text& ref) {
    const auto found = nodes_.find(ref.value);
    if (found == nodes_.end())
        return known_inject(ref);
    const auto& spec = found->second.inject->spec;
    const auto* action = find_action(spec.action.value);
    if (spec.is_action && (!spec.action.given() || (action && action->has_effect)))
        return;
    auto& d = error(draft_.out, "T0912", ref.span, fmt::format("`{}` leaves no effect that could hold", ref.value),
                    fmt::format("write `after {}`", ref.value));
    d.related.push_back({spec.span, "it is this"});
}

// --- what comes after what

// Depth first, without recursion: chains may be as long as the timeline. A name that is met again while it is still
// open closes a cycle.
void Conditions::refuse_cycles() {
    enum class Mark { fresh, open, closed };
    std::map<std::string, Mark> marks;
    struct Visit {
        const std::string* name;
        std::size_t next = 0;
    };
    for (const auto& [root, unused] : nodes_) {
        if (marks[root] != Mark::fresh)
            continue;
        std::vector<Visit> open{{&root}};
        marks[root] = Mark::open;
        while (!open.empty()) {
            auto& visit = open.back();
            const auto& name = *visit.name;
            const auto& waits_for = nodes_.at(name).waits_for;
            if (visit.next == waits_for.size()) {
                marks[name] = Mark::closed;
                order_.push_back(name);
                open.pop_back();
                continue;
            }
            const auto& ref = waits_for[visit.next++];
            const auto found = nodes_.find(ref.value);
            if (found == nodes_.end())
                continue;
            auto& mark = marks[ref.value];
            if (mark == Mark::open) {
                auto& d = error(draft_.out, "T0904", ref.span,
                                ref.value == name ? fmt::format("`{}` waits for itself", name)
                                                  : fmt::format("`{}` and `{}` wait for each other", name, ref.value));
                if (ref.value != name)
                    d.related.push_back({found->second.inject->spec.span, "it waits, directly or not, for the first"});
            } else if (mark == Mark::fresh) {
                mark = Mark::open;
                open.push_back({&found->first});
            }
        }
    }
}

// What follows something that is judged for each team by itself is judged so too.
void Conditions::spread_per_team() {
    std::map<std::string, std::vector<std::string>> followers;
    std::vector<std::string> fresh;
    for (const auto& [name, node] : nodes_) {
        std::vector<std::string> references;
        collect_references(node.inject->spec.when, references);
        for (const auto& ref : references)
            followers[ref].push_back(name);
        if (asks_a_team(node.inject->spec.when) && per_team_.insert(name).second)
            fresh.push_back(name);
    }
    while (!fresh.empty()) {
        const auto name = fresh.back();
        fresh.pop_back();
        for (const auto& follower : followers[name])
            if (per_team_.insert(follower).second)
                fresh.push_back(follower);
    }
}

// --- what can happen

bool Conditions::names_late_time(const Condition& c) const {
    const auto at = c.kind == Kind::at ? time_of(c, draft_) : std::nullopt;
    return (at && *at > draft_.plan.duration) ||
           std::any_of(c.parts.begin(), c.parts.end(), [this](const Condition& part) { return names_late_time(part); });
}

void Conditions::find_windows() {
    if (!draft_.source.duration.given())
        return;
    for (const auto& name : order_) {
        auto& node = nodes_.at(name);
        const auto& spec = node.inject->spec;
        auto window = window_of(spec.when, node);
        warn_of_unapproved(node);
        if (window.never.empty() && window.from > draft_.plan.duration)
            window.never = fmt::format("it would be at T+{} at the earliest, and the exercise ends at T+{}",
                                       template_::to_text(window.from), template_::to_text(draft_.plan.duration));
        if (window.never.empty()) {
            node.window = window;
            continue;
        }
        // What fits no more was not asked for one by one; and a time after the end has its own code.
        if (node.inject->while_time)
            left_out_.insert(name);
        else if (!names_late_time(spec.when))
            error(draft_.out, "T1209", spec.when.span, fmt::format("`{}` can never happen: {}", name, window.never));
    }
}

void Conditions::warn_of_unapproved(const Node& node) {
    if (!is_approved(node.inject->spec))
        return;
    for (const auto& ref : node.waits_for)
        if (const auto found = nodes_.find(ref.value);
            found != nodes_.end() && !is_approved(found->second.inject->spec)) {
            const bool draft = found->second.inject->spec.approval.value == "draft";
            auto& d = template_::warn(
                draft_.out, "T1218", ref.span,
                fmt::format("`{}` is {}, so this cannot come true yet", ref.value, draft ? "a draft" : "only proposed"),
                "only what is approved fires; write `approval: approved` when it is");
            d.related.push_back({found->second.inject->spec.span, "it is this"});
        }
}

Conditions::Teams Conditions::teams_of(const Occurrence& inject) const {
    Teams teams;
    for (const auto& to : inject.spec.to)
        if (to.value == "blue")
            return {draft_.blue.begin(), draft_.blue.end()};
        else
            teams.insert(to.value);
    return teams.empty() ? Teams(draft_.blue.begin(), draft_.blue.end()) : teams;
}

std::optional<Millis> Conditions::certain(const Condition& c) const {
    switch (c.kind) {
    case Kind::at:
    case Kind::phase:
        return time_of(c, draft_);
    case Kind::score:
        return c.what == "below" ? surely(c.milli > all_points) : surely(c.milli < least_score());
    case Kind::all: {
        Millis latest{0};
        for (const auto& part : c.parts) {
            const auto from = certain(part);
            if (!from)
                return std::nullopt;
            latest = std::max(latest, *from);
        }
        return latest;
    }
    case Kind::any: {
        std::optional<Millis> earliest;
        for (const auto& part : c.parts)
            if (const auto from = certain(part))
                earliest = std::min(earliest.value_or(*from), *from);
        return earliest;
    }
    default:
        return std::nullopt;
    }
}

Conditions::Window Conditions::window_of(const Condition& c, const Node& node) const {
    switch (c.kind) {
    case Kind::at:
    case Kind::phase:
        return {time_of(c, draft_).value_or(Millis(0)), Millis::max(), ""};
    case Kind::after:
    case Kind::effect:
        return window_after(c, node);
    case Kind::check:
        return {c.time, Millis::max(), ""};
    case Kind::grade:
        if ((c.what == "above" && c.milli == 1'000) || (c.what == "below" && c.milli == 0))
            return {Millis(0), Millis::max(), fmt::format("no grade is {} {}%", c.what, c.milli / 10)};
        return {};
    case Kind::score:
        return {Millis(0), Millis::max(), why_no_score(c)};
    case Kind::negation: {
        const auto from = c.parts.empty() ? std::nullopt : certain(c.parts.front());
        if (!from)
            return {};
        if (*from <= Millis(0))
            return {Millis(0), Millis::max(), fmt::format("`{}` is never false", c.parts.front().text)};
        return {Millis(0), *from - Millis(1), ""};
    }
    case Kind::all:
        return window_of_all(c, node);
    case Kind::any: {
        Window hull{Millis::max(), Millis(0), ""};
        std::string never;
        bool some = c.parts.empty();
        for (const auto& part : c.parts) {
            const auto window = window_of(part, node);
            if (!window.never.empty()) {
                never = window.never;
                continue;
            }
            some = true;
            hull.from = std::min(hull.from, window.from);
            hull.to = std::max(hull.to, window.to);
        }
        if (!some)
            hull.never = never;
        return c.parts.empty() ? Window{} : hull;
    }
    default:
        return {};
    }
}

// All begin with all points and nothing raises a score, so it stays between these two; what the white team adds or
// takes away by hand no template can foresee.
std::string Conditions::why_no_score(const Condition& c) const {
    const auto points = [](std::int64_t milli) { return static_cast<double>(milli) / 1000; };
    if (c.what == "above" && c.milli >= all_points)
        return fmt::format("nobody has more than {:g} points", points(all_points));
    if (c.what == "below" && c.milli <= least_score())
        return fmt::format("nobody can have less than {:g} points: nothing puts those at stake", points(least_score()));
    return "";
}

std::int64_t Conditions::least_score() const {
    const auto& source = draft_.source;
    const auto any_inject = [&](auto&& earns) {
        return std::any_of(source.timeline.begin(), source.timeline.end(), earns);
    };
    const auto at_stake = [&](const std::string& category) {
        if (category == "availability")
            return !source.checks.empty();
        if (category == "impact")
            return any_inject([](const auto& i) { return i.impact.points.value > 0; });
        if (category == "restoration")
            return any_inject([](const auto& i) { return i.restore.points.value > 0; });
        return any_inject([](const auto& i) { return !i.expects.rubric.empty(); });
    };
    if (source.scoring.empty())
        return at_stake("availability") ? 0 : all_points;
    std::int64_t safe = 0;
    for (const auto& category : source.scoring)
        if (!at_stake(category.id.value))
            safe += category.weight.value;
    return std::clamp<std::int64_t>(safe, 0, all_points);
}

Conditions::Window Conditions::window_of_all(const Condition& c, const Node& node) const {
    std::vector<const Condition*> parts;
    flatten(c, parts);
    Window all;
    const Condition* from = nullptr;
    const Condition* to = nullptr;
    for (const auto* part : parts) {
        const auto window = window_of(*part, node);
        if (!window.never.empty())
            return window;
        if (window.from > all.from) {
            all.from = window.from;
            from = part;
        }
        if (window.to < all.to) {
            all.to = window.to;
            to = part;
        }
        for (const auto* other : parts)
            if (part->kind == Kind::negation && !part->parts.empty() && same(part->parts.front(), *other))
                all.never = fmt::format("`{}` and `{}` exclude each other", other->text, part->text);
        for (const auto* other : parts)
            if (part->kind == Kind::score && other->kind == Kind::score && part->what == "below" &&
                other->what == "above" && part->milli <= other->milli)
                all.never = fmt::format("`{}` and `{}` exclude each other", part->text, other->text);
    }
    if (all.never.empty() && all.from > all.to && from && to)
        all.never = fmt::format("`{}` and `{}` exclude each other", from->text, to->text);
    return all;
}

Conditions::Window Conditions::window_after(const Condition& c, const Node& node) const {
    const auto found = nodes_.find(c.ref.value);
    if (found == nodes_.end())
        return {};
    const auto& other = *found->second.inject;
    if (c.kind == Kind::after && c.what == "failed" && !other.spec.is_action)
        return {Millis(0), Millis::max(), fmt::format("`{}` is a message, and messages do not fail", c.ref.value)};
    if (c.kind == Kind::effect) {
        const auto own = teams_of(*node.inject);
        const auto others = teams_of(other);
        if (std::none_of(own.begin(), own.end(), [&](const auto& team) { return others.contains(team); }))
            return {Millis(0), Millis::max(),
                    fmt::format("`{}` is done to none of the teams that this is for", c.ref.value)};
    }
    if (left_out_.contains(c.ref.value))
        return {Millis(0), Millis::max(), fmt::format("there is no time for `{}`", c.ref.value)};
    // What its own fault keeps from happening was said there.
    if (!found->second.window)
        return {};
    return {found->second.window->from + c.time, Millis::max(), ""};
}

} // namespace testudo::plan
