#include <fmt/format.h>

#include "orchestrator/template/expression.hpp"
#include "orchestrator/template/language/conditions.hpp"
#include "orchestrator/template/language/messages.hpp"
#include "orchestrator/template/language/parameters.hpp"
#include "orchestrator/template/language/parts.hpp"
#include "orchestrator/template/language/repetition.hpp"

namespace testudo::template_ {
namespace {

const Table<PhaseSpec>& phase_table() {
    static const Table<PhaseSpec> table(
        "a phase", {special<PhaseSpec>(
                        "at", [](Reader& r, const Node& node, PhaseSpec& p) { p.at = read_exercise_time(r, node); },
                        shape::exercise_time,
                        "When it begins: `T+20m`, `day-2`, `ENDEX - 1h`, or after a phase above it, `attack + 2h`.")
                        .must(),
                    text("title", &PhaseSpec::title, "The name that people read.")});
    return table;
}

const Table<ImpactSpec>& impact_table() {
    static const auto table =
        Table<ImpactSpec>(
            "an impact",
            {points("points", &ImpactSpec::points, "What it costs at most.").must(),
             word("level", &ImpactSpec::level, {"user", "admin", "objective"},
                  "How deep the attacker got: a third, two thirds or all of the points; user if not given."),
             duration("full_after", &ImpactSpec::full_after, "How long it must hold to cost all; 10m if not given.")})
            .or_text([](Reader& r, const Text& value, ImpactSpec& impact) { r.points(value, impact.points); },
                     shape::points());
    return table;
}

const Table<RestoreSpec>& restore_table() {
    static const Table<RestoreSpec> table(
        "a restoration", {points("points", &RestoreSpec::points, "What undoing it at once is worth.").must(),
                          duration("within", &RestoreSpec::within, "After this long it is worth nothing.").must()});
    return table;
}

template <class T>
Key<T> condition(std::string_view name, Condition (*read)(Reader&, const Node&), json::object (*schema)(),
                 std::string_view doc) {
    return special<T>(
        name,
        [read](Reader& r, const Node& node, T& entry) {
            auto c = read(r, node);
            if (entry.when.span.file) {
                auto& d = error(r.out, "T0210", node.span, "`at` and `when` exclude each other");
                d.related.push_back({entry.when.span, "the other one"});
                return;
            }
            c.span = node.span;
            entry.when = std::move(c);
        },
        schema, doc);
}

// Two ways to say the same: `draft: true` is `approval: draft`.
void set_approval(Reader& r, const Node& node, Text approval, InjectSpec& inject) {
    if (inject.approval.given()) {
        auto& d = error(r.out, "T0210", node.span, "`draft` and `approval` exclude each other");
        d.related.push_back({inject.approval.span, "the other one"});
        return;
    }
    inject.approval = std::move(approval);
}

Key<InjectSpec> approval_key() {
    static const std::vector<std::string> states{"draft", "proposed", "approved"};
    return special<InjectSpec>(
        "approval",
        [](Reader& r, const Node& node, InjectSpec& inject) {
            Text state;
            r.word(node, states, state);
            if (state.given())
                set_approval(r, node, std::move(state), inject);
        },
        [] { return shape::word(states); },
        "`draft` while it is being written, `proposed` when it waits for approval, `approved` (if not given); only "
        "what "
        "is approved ever fires.");
}

Key<InjectSpec> draft_key() {
    return special<InjectSpec>(
        "draft",
        [](Reader& r, const Node& node, InjectSpec& inject) {
            Flag draft;
            r.flag(node, draft);
            if (draft.given())
                set_approval(r, node, Text{draft.value ? "draft" : "approved", node.span}, inject);
        },
        shape::flag, "true: `approval: draft` in short.");
}

std::vector<Key<InjectSpec>> inject_keys() {
    std::vector<Key<InjectSpec>> keys{
        text("title", &InjectSpec::title, "What it is, in words, for controllers."),
        text("objective", &InjectSpec::objective,
             "What is trained by it; where `objectives` are declared, the name of one."),
        text("controller", &InjectSpec::controller,
             "Who is responsible: a colour, or a role under `roles`; `white` for messages and `red` for actions if not "
             "given."),
        text("label", &InjectSpec::label, "Its confidentiality; the exercise's if not given."),
        approval_key(),
        draft_key(),
        flag("hold", &InjectSpec::hold, "true: held from the start, until a controller releases it."),
        texts("to", &InjectSpec::to, "`blue` for all blue teams (if not given), or teams by name."),
        condition<InjectSpec>("at", read_exercise_time, shape::exercise_time,
                              "When: an exercise time, `T+5m`, `ENDEX - 30m`, `day-2 + 1h`, `recovery + 10m`."),
        condition<InjectSpec>("when", read_condition, condition_schema, "When: a condition, `defaced holds for 10m`."),
        word("late", &InjectSpec::late, {"fire", "hold", "skip"},
             "What to do when the controller was down at its time."),
        duration("grace", &InjectSpec::grace, "With `late: fire`: how late it may still fire; 10m if not given."),
    };
    for (auto& key : repetition_keys())
        keys.push_back(std::move(key));
    return keys;
}

const Table<InjectSpec>& message_table() {
    static const Table<InjectSpec> table("a message", [] {
        auto keys = inject_keys();
        const auto own = message_keys();
        keys.insert(keys.begin(), own.begin(), own.end());
        return keys;
    }());
    return table;
}

const std::vector<std::string>& actions() {
    static const std::vector<std::string> all{"stop-service", "start-service",  "deface",
                                              "plant-file",   "sweep-ports",    "guess-password",
                                              "beacon",       "write-register", "fill-quota"};
    return all;
}

const Table<InjectSpec>& action_table() {
    static const Table<InjectSpec> table("an action", [] {
        auto keys = inject_keys();
        const std::vector<Key<InjectSpec>> own{
            word("action", &InjectSpec::action, actions(), "What is done.").must(),
            text("id", &InjectSpec::id, "Its name.").must(),
            text("attack", &InjectSpec::technique, "The ATT&CK technique that it stands for: `T1491.002`."),
            text("on", &InjectSpec::on, "What it is done to: `portal`, `plc.modbus`, or a network to sweep.").must(),
            text("by", &InjectSpec::by, "The machine that does it; actions on the target itself need none."),
            word("family", &InjectSpec::family, {"ipv4", "ipv6"}, "Over which protocol; IPv4 if not given."),
            parameters("with", &InjectSpec::with, "Its details; depend on the action."),
            part("impact", &InjectSpec::impact, impact_table(), "What it costs a team while its effect holds."),
            part("restore", &InjectSpec::restore, restore_table(), "What undoing its effect in time is worth.")};
        keys.insert(keys.begin(), own.begin(), own.end());
        return keys;
    }());
    return table;
}

std::optional<InjectSpec> read_inject(Reader& r, const Node& item) {
    if (item.kind != Node::Kind::mapping) {
        r.wrong(item, "a message or an action");
        return std::nullopt;
    }
    const auto* message = item.find("message");
    const auto* action = item.find("action");
    if (!message && !action) {
        error(r.out, "T0202", item.span, "an entry of the timeline needs the key `message` or the key `action`");
        return std::nullopt;
    }
    if (message && action) {
        auto& d = error(r.out, "T0210", action->key_span, "an entry is a message or an action, not both");
        d.related.push_back({message->key_span, "the message"});
        return std::nullopt;
    }
    InjectSpec inject;
    inject.is_action = action != nullptr;
    inject.span = action ? action->key_span : message->key_span;
    (action ? action_table() : message_table()).read(r, item, inject);
    if (!inject.when.span.file)
        error(r.out, "T0202", inject.span, "this needs the key `at` or the key `when`",
              "`at: T+5m`, or `when: manual` if a controller fires it");
    if (inject.id.given() && !has_expressions(inject.id)) {
        Text name;
        r.name(inject.id, inject.is_action ? "an action" : "a message", longest_id, name);
        inject.id = name;
    }
    return inject;
}

// The ways of a choice; they are kept among the other injects, and know which choice they belong to.
struct Ways {
    std::vector<InjectSpec> injects;
    Condition when;
};

void read_ways(Reader& r, const Node& node, Ways& ways) {
    if (node.kind != Node::Kind::sequence || node.items.empty())
        return r.wrong(node, "a list of messages and actions");
    for (const auto& item : node.items) {
        auto way = read_inject(r, *item);
        if (!way)
            continue;
        const auto& repeated = way->each_span.file ? way->each_span : way->repeat.span;
        if (repeated.file)
            error(r.out, "T1206", repeated, "a way of a choice cannot be repeated", "write one choice for each");
        else
            ways.injects.push_back(std::move(*way));
    }
}

json::object injects_schema() {
    const auto entries = json::array{message_table().schema(), action_table().schema()};
    return {{"type", "array"}, {"items", json::object{{"anyOf", entries}}}};
}

const Table<Ways>& choice_table() {
    static const Table<Ways> table(
        "a choice",
        {special<Ways>("choose", read_ways, injects_schema,
                       "Messages and actions, each with `when`; a team gets the first whose condition holds, and no "
                       "other. The last may say `when: otherwise`.")
             .must(),
         condition<Ways>("at", read_exercise_time, shape::exercise_time, "When it is made: an exercise time."),
         condition<Ways>("when", read_condition, condition_schema, "When it is made: a condition.")});
    return table;
}

void read_choice(Reader& r, const Node& item, Span span, Template& t) {
    Ways ways;
    choice_table().read(r, item, ways);
    if (!ways.when.span.file)
        error(r.out, "T0202", span, "this needs the key `at` or the key `when`", "when is the choice made?");
    for (auto& inject : ways.injects) {
        inject.choice = static_cast<int>(t.choices.size());
        t.timeline.push_back(std::move(inject));
    }
    t.choices.push_back({std::move(ways.when), std::move(span)});
}

void read_timeline(Reader& r, const Node& node, Template& t) {
    if (node.kind != Node::Kind::sequence)
        return r.wrong(node, "a list of messages and actions");
    for (const auto& item : node.items) {
        if (const auto* choice = item->find("choose"))
            read_choice(r, *item, choice->key_span, t);
        else if (auto inject = read_inject(r, *item))
            t.timeline.push_back(std::move(*inject));
    }
}

const Table<ObjectiveSpec>& objective_table() {
    static const auto table =
        Table<ObjectiveSpec>("an objective",
                             {text("title", &ObjectiveSpec::title, "What is trained, in words.").must()})
            .or_text([](Reader&, const Text& title, ObjectiveSpec& objective) { objective.title = title; });
    return table;
}

const Table<RoleSpec>& role_table() {
    static const auto table =
        Table<RoleSpec>("a role", {text("title", &RoleSpec::title, "Who that is, in words.").must()})
            .or_text([](Reader&, const Text& title, RoleSpec& role) { role.title = title; });
    return table;
}

} // namespace

std::vector<Key<Template>> timeline_keys() {
    return {special<Template>(
        "timeline", read_timeline,
        [] {
            const auto entries =
                json::array{message_table().schema(), action_table().schema(), choice_table().schema()};
            return json::object{{"type", "array"}, {"items", json::object{{"anyOf", entries}}}};
        },
        "What happens: messages and actions.")};
}

std::vector<Key<Template>> phase_keys() {
    return {each("phases", &Template::phases, phase_table(), longest_id, "The parts of the exercise, in time."),
            each("objectives", &Template::objectives, objective_table(), longest_id, "What the exercise trains."),
            each("roles", &Template::roles, role_table(), longest_id,
                 "Who may be responsible for an inject, beside the colours.")};
}

} // namespace testudo::template_
