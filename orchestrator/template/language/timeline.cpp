#include <fmt/format.h>

#include "orchestrator/template/language/conditions.hpp"
#include "orchestrator/template/language/parameters.hpp"
#include "orchestrator/template/language/parts.hpp"

namespace testudo::template_ {
namespace {

const Table<PhaseSpec>& phase_table() {
    static const auto table =
        Table<PhaseSpec>("a phase", {special<PhaseSpec>(
                                         "at",
                                         [](Reader& r, const Node& node, PhaseSpec& p) {
                                             const auto c = read_exercise_time(r, node);
                                             if (c.kind == Condition::Kind::at)
                                                 p.at = Duration{c.time, node.span};
                                         },
                                         shape::exercise_time, "When it begins: `T+20m`.")
                                         .must(),
                                     text("title", &PhaseSpec::title, "The name that people read.")});
    return table;
}

const Table<RubricItemSpec>& rubric_table() {
    static const auto table =
        Table<RubricItemSpec>("an item of a rubric",
                              {text("title", &RubricItemSpec::title, "What is graded, in words."),
                               points("points", &RubricItemSpec::points, "What it is worth at best.").must()})
            .or_text([](Reader& r, const Text& value, RubricItemSpec& item) { r.points(value, item.points); },
                     shape::points());
    return table;
}

const Table<ExpectsSpec>& expects_table() {
    static const Table<ExpectsSpec> table(
        "an expected report", {text("report", &ExpectsSpec::report, "The kind of report: `incident`, `media`.").must(),
                               duration("within", &ExpectsSpec::within, "How long after the message it is due.").must(),
                               each("rubric", &ExpectsSpec::rubric, rubric_table(), longest_id,
                                    "How it is graded; its points add up to its value.")
                                   .must()});
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

Key<InjectSpec> condition(std::string_view name, Condition (*read)(Reader&, const Node&), json::object (*schema)(),
                          std::string_view doc) {
    return special<InjectSpec>(
        name,
        [read](Reader& r, const Node& node, InjectSpec& inject) {
            auto c = read(r, node);
            if (inject.when.span.file) {
                auto& d = error(r.out, "T0210", node.span, "`at` and `when` exclude each other");
                d.related.push_back({inject.when.span, "the other one"});
                return;
            }
            c.span = node.span;
            inject.when = std::move(c);
        },
        schema, doc);
}

std::vector<Key<InjectSpec>> inject_keys() {
    return {
        text("title", &InjectSpec::title, "What it is, in words, for controllers."),
        text("objective", &InjectSpec::objective, "What is trained by it."),
        text("controller", &InjectSpec::controller,
             "Who is responsible: `white` for messages, `red` for actions if not given."),
        text("label", &InjectSpec::label, "Its confidentiality; the exercise's if not given."),
        flag("draft", &InjectSpec::draft, "true: not approved yet, so it never fires."),
        texts("to", &InjectSpec::to, "`blue` for all blue teams (if not given), or teams by name."),
        condition("at", read_exercise_time, shape::exercise_time, "When: an exercise time, `T+5m`."),
        condition("when", read_condition, condition_schema, "When: a condition, `defaced holds for 10m`."),
        word("late", &InjectSpec::late, {"fire", "hold", "skip"},
             "What to do when the controller was down at its time."),
        duration("grace", &InjectSpec::grace, "With `late: fire`: how late it may still fire; 10m if not given."),
    };
}

const Table<InjectSpec>& message_table() {
    static const Table<InjectSpec> table("a message", [] {
        auto keys = inject_keys();
        const std::vector<Key<InjectSpec>> own{
            text("message", &InjectSpec::id, "Its name.").must(),
            text("from", &InjectSpec::from, "Who it comes from: `National CERT`.").must(),
            text("subject", &InjectSpec::subject, "Its subject line.").must(),
            text_or_file("body", &InjectSpec::body, "Its text, or `{ file: messages/NAME.md }`.").must(),
            part("expects", &InjectSpec::expects, expects_table(), "The report that the team should write.")};
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

void read_timeline(Reader& r, const Node& node, Template& t) {
    if (node.kind != Node::Kind::sequence)
        return r.wrong(node, "a list of messages and actions");
    for (const auto& item : node.items) {
        const auto* message = item->find("message");
        const auto* action = item->find("action");
        if (item->kind != Node::Kind::mapping) {
            r.wrong(*item, "a message or an action");
            continue;
        }
        if (!message && !action) {
            error(r.out, "T0202", item->span, "an entry of the timeline needs the key `message` or the key `action`");
            continue;
        }
        if (message && action) {
            auto& d = error(r.out, "T0210", action->key_span, "an entry is a message or an action, not both");
            d.related.push_back({message->key_span, "the message"});
            continue;
        }
        InjectSpec inject;
        inject.is_action = action != nullptr;
        inject.span = action ? action->key_span : message->key_span;
        (action ? action_table() : message_table()).read(r, *item, inject);
        if (!inject.when.span.file)
            error(r.out, "T0202", inject.span, "this needs the key `at` or the key `when`",
                  "`at: T+5m`, or `when: manual` if a controller fires it");
        if (inject.id.given()) {
            Text name;
            r.name(inject.id, inject.is_action ? "an action" : "a message", longest_id, name);
            inject.id = name;
        }
        t.timeline.push_back(std::move(inject));
    }
}

} // namespace

std::vector<Key<Template>> timeline_keys() {
    return {special<Template>(
        "timeline", read_timeline,
        [] {
            const auto entries = json::array{message_table().schema(), action_table().schema()};
            return json::object{{"type", "array"}, {"items", json::object{{"anyOf", entries}}}};
        },
        "What happens: messages and actions.")};
}

std::vector<Key<Template>> phase_keys() {
    return {each("phases", &Template::phases, phase_table(), longest_id, "The parts of the exercise, in time.")};
}

} // namespace testudo::template_
