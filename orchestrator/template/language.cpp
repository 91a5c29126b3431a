#include "orchestrator/template/language.hpp"

#include <fmt/format.h>

#include "orchestrator/template/quantity.hpp"
#include "orchestrator/template/table.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::template_ {
namespace {

constexpr std::size_t longest_id = 24;
constexpr std::size_t longest_team = 16;

json::object text_schema() {
    return {{"type", "string"}};
}

// --- conditions ---------------------------------------------------------------------------------------------------

Condition read_condition(Reader& r, const Node& node);

void read_parts(Reader& r, const Node& node, Condition& c, std::string_view joint) {
    if (node.kind != Node::Kind::sequence || node.items.empty())
        return r.wrong(node, "a list of conditions");
    for (const auto& item : node.items) {
        c.parts.push_back(read_condition(r, *item));
        const auto& part = c.parts.back();
        c.text +=
            fmt::format("{}{}", c.text.empty() ? "" : joint, part.parts.size() < 2 ? part.text : "(" + part.text + ")");
    }
}

Condition read_condition(Reader& r, const Node& node) {
    Condition c;
    c.span = node.span;
    if (node.kind == Node::Kind::scalar)
        return parse_condition(Text{node.scalar, node.span}, r.out);
    if (node.kind != Node::Kind::mapping || node.entries.size() != 1) {
        r.wrong(node, "a condition", "write a text, or a mapping with one of `all`, `any` and `not`");
        return c;
    }
    const auto& [key, key_span, value] = node.entries.front();
    if (key == "all" || key == "any") {
        c.kind = key == "all" ? Condition::Kind::all : Condition::Kind::any;
        read_parts(r, *value, c, key == "all" ? " and " : " or ");
    } else if (key == "not") {
        c.kind = Condition::Kind::negation;
        c.parts.push_back(read_condition(r, *value));
        const auto& part = c.parts.front();
        c.text = part.parts.empty() ? "not " + part.text : fmt::format("not ({})", part.text);
    } else {
        error(r.out, "T0201", key_span, fmt::format("the key `{}` is not known in a condition", key),
              suggest(key, {"all", "any", "not"}));
    }
    return c;
}

// "T+5m" and nothing else.
Condition read_exercise_time(Reader& r, const Node& node) {
    if (node.kind == Node::Kind::scalar && node.scalar.starts_with("T+"))
        return parse_condition(Text{node.scalar, node.span}, r.out);
    r.wrong(node, "an exercise time such as T+5m", "conditions go under `when:`");
    return {};
}

json::object condition_schema() {
    return {{"type", json::array{"string", "object"}}};
}

// --- the tables, from the inside out --------------------------------------------------------------------------------

const Table<TeamSpec>& team_table() {
    static const Table<TeamSpec> table(
        "a team",
        {word("colour", &TeamSpec::colour, {"blue", "red", "white", "green", "yellow"},
              "What the team does: blue defends, red attacks, white controls, green builds, yellow reports.")
             .must(),
         text("title", &TeamSpec::title, "The name that people read; the key itself if not given."),
         texts("nations", &TeamSpec::nations, "ISO 3166-1 alpha-3 codes of the nations that it is made of.")});
    return table;
}

const Table<NetworkSpec>& network_table() {
    static const Table<NetworkSpec> table(
        "a network",
        {word("per", &NetworkSpec::per, {"team"},
              "`team`: every blue team has one of its own; not given: one, shared."),
         text("title", &NetworkSpec::title, "What it is, in words."),
         text("ipv4", &NetworkSpec::ipv4, "Its IPv4 network, inside 198.18.0.0/15; may hold expressions."),
         text("ipv6", &NetworkSpec::ipv6, "Its IPv6 network, inside 2001:db8::/32; may hold expressions.")});
    return table;
}

const Table<AttachmentSpec>& attachment_table() {
    static const auto table =
        Table<AttachmentSpec>("an attachment", {text("host", &AttachmentSpec::host,
                                                     "The machine's number on the network, for both families."),
                                                text("ipv4", &AttachmentSpec::ipv4, "Its whole IPv4 address."),
                                                text("ipv6", &AttachmentSpec::ipv6, "Its whole IPv6 address.")})
            .or_text([](Reader&, const Text& host, AttachmentSpec& a) { a.host = host; });
    return table;
}

const std::vector<std::string>& protocols() {
    static const std::vector<std::string> all{"http", "dns", "smtp", "postgresql", "modbus", "ssh", "tcp", "udp"};
    return all;
}

const Table<ServiceSpec>& service_table() {
    static const auto table =
        Table<ServiceSpec>(
            "a service",
            {word("protocol", &ServiceSpec::protocol, protocols(), "What it speaks; checks and rules know it by this.")
                 .must(),
             number("port", &ServiceSpec::port, 1, 65535, "Where it listens; not given: the protocol's own port."),
             text("unit", &ServiceSpec::unit, "The Debian service that is started for it.")})
            .or_text([](Reader& r, const Text& word, ServiceSpec& s) { r.word(word, protocols(), s.protocol); });
    return table;
}

const Table<FileSpec>& file_table() {
    static const Table<FileSpec> table(
        "a file",
        {text("path", &FileSpec::path, "Where it is put on the machine.").must(),
         text("content", &FileSpec::content, "What is in it; may hold expressions."),
         file("file", &FileSpec::file, "The file beside the template whose text it gets; may hold expressions."),
         text("mode", &FileSpec::mode, "Its permissions, as four octal digits in quotes; \"0644\" if not given."),
         text("owner", &FileSpec::owner, "The user that it belongs to; root if not given.")});
    return table;
}

const Table<UserSpec>& user_table() {
    static const Table<UserSpec> table(
        "a user", {text("password", &UserSpec::password,
                        "A weakness, known to all. Not given: a secret password, one per team and name."),
                   flag("admin", &UserSpec::admin, "May use sudo.")});
    return table;
}

std::vector<Key<MachineSpec>> machine_keys() {
    return {
        text("title", &MachineSpec::title, "What it is, in words."),
        word("per", &MachineSpec::per, {"team"}, "`team`: every blue team has one of its own."),
        text("team", &MachineSpec::team, "The team that it belongs to, when it is no blue team's."),
        word("role", &MachineSpec::role, {"router", "vantage", "reference"},
             "`router` forwards between its networks, `vantage` is where checks start, `reference` is the good copy."),
        word("kind", &MachineSpec::kind, {"container", "vm"},
             "`vm` boots a kernel of its own; container if not given."),
        text("image", &MachineSpec::image, "The image that it is made from."),
        mebibytes("memory", &MachineSpec::memory, 16, 1 << 20, "How much memory it may use."),
        mebibytes("disk", &MachineSpec::disk, 8, 1 << 24, "How much it may write over its image."),
        number("cpus", &MachineSpec::cpus, 1, 128, "Virtual processors; 1 if not given."),
        each("on", &MachineSpec::on, attachment_table(), longest_id,
             "The networks that it stands on, each with its number there: `{ office: 80 }`."),
        each("serves", &MachineSpec::serves, service_table(), longest_id, "What it offers: `{ web: http }`."),
        list("files", &MachineSpec::files, file_table(), "Files that are written before its services start."),
        each("users", &MachineSpec::users, user_table(), longest_id, "Who may log in."),
        texts("setup", &MachineSpec::setup, "Shell lines that are run once, after files and users."),
        texts("starts", &MachineSpec::starts, "Debian services to start that offer nothing to the network."),
    };
}

const Table<MachineSpec>& profile_table() {
    static const Table<MachineSpec> table("a profile", machine_keys());
    return table;
}

const Table<MachineSpec>& machine_table() {
    static const Table<MachineSpec> table("a machine", [] {
        auto keys = machine_keys();
        keys.insert(keys.begin(), text("like", &MachineSpec::like,
                                       "A profile whose keys it takes over where it has none of its own."));
        return keys;
    }());
    return table;
}

Key<RuleSpec> rules_of(std::string_view name, std::vector<RuleText> RuleSpec::*member, std::string_view doc) {
    return special<RuleSpec>(
        name,
        [member](Reader& r, const Node& node, RuleSpec& rule) {
            std::vector<Text> texts;
            r.texts(node, texts);
            for (const auto& one : texts)
                (rule.*member).push_back(parse_rule(one, r.out));
        },
        [] {
            return json::object{
                {"anyOf", json::array{text_schema(), json::object{{"type", "array"}, {"items", text_schema()}}}}};
        },
        doc);
}

const Table<RuleSpec>& rule_table() {
    static const Table<RuleSpec> table(
        "a rule", {text("at", &RuleSpec::at, "The router that applies it.").must(),
                   rules_of("allow", &RuleSpec::allow, "What it lets through: `internet -> portal.web`, or a list."),
                   rules_of("deny", &RuleSpec::deny, "What it stops, before anything that it lets through.")});
    return table;
}

void read_parameters(Reader& r, const Node& node, std::vector<ParameterSpec>& out) {
    if (node.kind != Node::Kind::mapping)
        return r.wrong(node, "a mapping");
    for (const auto& entry : node.entries) {
        ParameterSpec p;
        p.name = entry.key;
        p.name_span = entry.key_span;
        p.span = entry.value->span;
        if (entry.value->kind == Node::Kind::sequence) {
            std::vector<Text> all;
            r.texts(*entry.value, all);
            p.value = std::move(all);
        } else {
            Text one;
            r.text(*entry.value, one);
            if (!one.given())
                continue;
            p.value = std::move(one);
        }
        out.push_back(std::move(p));
    }
}

template <class T>
Key<T> parameters(std::string_view name, std::vector<ParameterSpec> T::*member, std::string_view doc) {
    return special<T>(
        name, [member](Reader& r, const Node& node, T& t) { read_parameters(r, node, t.*member); },
        [] {
            return json::object{{"type", "object"}};
        },
        doc);
}

const Table<CheckSpec>& check_table() {
    static const Table<CheckSpec> table(
        "a check",
        {text("title", &CheckSpec::title, "What it means when it is good: `Portal answers on HTTP`."),
         texts("from", &CheckSpec::from, "The vantage that asks, or the network whose vantages ask.").must(),
         text("of", &CheckSpec::of, "What is asked: `portal.web`, or `portal` for the machine itself.").must(),
         word("type", &CheckSpec::type, {"icmp", "tcp", "http", "dns", "ssh", "smtp", "postgresql", "modbus"},
              "How it is asked; not given: by the protocol of the service, or icmp."),
         word("family", &CheckSpec::family, {"ipv4", "ipv6"},
              "Over which protocol; not given: IPv4 if there is a way."),
         text("service", &CheckSpec::service, "The column of the board; not given: the machine's name."),
         parameters("ask", &CheckSpec::ask, "What is asked for; depends on the type."),
         parameters("expect", &CheckSpec::expect, "What a good answer holds; depends on the type."),
         duration("every", &CheckSpec::every, "Its period; 10s if not given."),
         duration("timeout", &CheckSpec::timeout, "How long an answer is waited for; 3s if not given."),
         text("confirm", &CheckSpec::confirm, "`2 of 3`: a failure counts when 2 of 3 further tries fail too."),
         points("weight", &CheckSpec::weight, "Its share among all checks; 1 if not given.")});
    return table;
}

const Table<PhaseSpec>& phase_table() {
    static const auto table =
        Table<PhaseSpec>("a phase", {special<PhaseSpec>(
                                         "at",
                                         [](Reader& r, const Node& node, PhaseSpec& p) {
                                             const auto c = read_exercise_time(r, node);
                                             if (c.kind == Condition::Kind::at)
                                                 p.at = Duration{c.time, node.span};
                                         },
                                         text_schema, "When it begins: `T+20m`.")
                                         .must(),
                                     text("title", &PhaseSpec::title, "The name that people read.")});
    return table;
}

const Table<RubricItemSpec>& rubric_table() {
    static const auto table =
        Table<RubricItemSpec>("an item of a rubric",
                              {text("title", &RubricItemSpec::title, "What is graded, in words."),
                               points("points", &RubricItemSpec::points, "What it is worth at best.").must()})
            .or_text([](Reader& r, const Text& value, RubricItemSpec& item) { r.points(value, item.points); });
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
            .or_text([](Reader& r, const Text& value, ImpactSpec& impact) { r.points(value, impact.points); });
    return table;
}

const Table<RestoreSpec>& restore_table() {
    static const Table<RestoreSpec> table(
        "a restoration", {points("points", &RestoreSpec::points, "What undoing it at once is worth.").must(),
                          duration("within", &RestoreSpec::within, "After this long it is worth nothing.").must()});
    return table;
}

Key<InjectSpec> condition(std::string_view name, Condition (*read)(Reader&, const Node&), std::string_view doc) {
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
        condition_schema, doc);
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
        condition("at", read_exercise_time, "When: an exercise time, `T+5m`."),
        condition("when", read_condition, "When: a condition, `defaced holds for 10m`."),
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

const Table<CategorySpec>& category_table() {
    static const auto table =
        Table<CategorySpec>("a category",
                            {points("weight", &CategorySpec::weight, "Its share of the 1000 points.").must(),
                             text("title", &CategorySpec::title, "The name that people read.")})
            .or_text([](Reader& r, const Text& value, CategorySpec& category) { r.points(value, category.weight); });
    return table;
}

// What may stand in a template as well as in a file that it includes.
std::vector<Key<Template>> part_keys() {
    return {
        each("networks", &Template::networks, network_table(), longest_id, "The segments of the range."),
        each("profiles", &Template::profiles, profile_table(), longest_id, "What several machines have in common."),
        each("machines", &Template::machines, machine_table(), longest_id, "What stands where."),
        list("rules", &Template::rules, rule_table(), "What routers let through; everything else they stop."),
        each("checks", &Template::checks, check_table(), longest_id,
             "What is asked, again and again, to see if it works."),
        special<Template>(
            "timeline", read_timeline,
            [] {
                const auto entries = json::array{message_table().schema(), action_table().schema()};
                return json::object{{"type", "array"}, {"items", json::object{{"anyOf", entries}}}};
            },
            "What happens: messages and actions."),
    };
}

const Table<Template>& part_table() {
    static const Table<Template> table("an included file", part_keys());
    return table;
}

void read_includes(Reader& r, const Node& node, Template& t) {
    std::vector<Text> names;
    r.texts(node, names);
    for (const auto& name : names)
        if (const auto file = r.source(name))
            if (const auto root = parse_yaml(file, r.out))
                part_table().read(r, *root, t);
}

void read_version(Reader& r, const Node& node, Template& t) {
    Number version;
    r.number(node, 1, 1'000'000, version);
    if (!version.given())
        return;
    if (version.value != language_version)
        error(r.out, "T0212", version.span,
              fmt::format("format version {} is not known; this program reads version {}", version.value,
                          language_version));
    t.version = version;
}

const Table<Template>& template_table() {
    static const Table<Template> table("a template", [] {
        std::vector<Key<Template>> keys{
            special<Template>(
                "testudo", read_version,
                [] {
                    return json::object{{"const", language_version}};
                },
                "The version of the language: 1.")
                .must(),
            special<Template>(
                "exercise",
                [](Reader& r, const Node& node, Template& t) {
                    Text name;
                    r.text(node, name);
                    if (name.given())
                        r.name(name, "an exercise", longest_id, t.exercise);
                },
                text_schema, "The name of the exercise.")
                .must(),
            text("title", &Template::title, "The name that people read."),
            text("label", &Template::label, "Confidentiality of all that the exercise makes."),
            duration("duration", &Template::duration, "Exercise time from STARTEX to ENDEX.").must(),
            special<Template>(
                "include", read_includes,
                [] {
                    return json::object{{"type", json::array{"string", "array"}}};
                },
                "Files with shared parts, beside the template or in `lib/`."),
            each("teams", &Template::teams, team_table(), longest_team, "Who takes part.").must()};
        for (auto& key : part_keys())
            keys.push_back(std::move(key));
        keys.push_back(
            each("phases", &Template::phases, phase_table(), longest_id, "The parts of the exercise, in time."));
        keys.push_back(each("scoring", &Template::scoring, category_table(), longest_id,
                            "How the 1000 points are shared among availability, impact, restoration and reports."));
        return keys;
    }());
    return table;
}

} // namespace

void read_template(Reader& reader, const Node& root, Template& out) {
    template_table().read(reader, root, out);
}

json::object schema() {
    auto out = template_table().schema();
    out["$schema"] = "http://json-schema.org/draft-07/schema#";
    out["title"] = "Testudo range template";
    return out;
}

} // namespace testudo::template_
