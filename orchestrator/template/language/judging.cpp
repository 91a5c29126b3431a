#include "orchestrator/template/language/conditions.hpp"
#include "orchestrator/template/language/parameters.hpp"
#include "orchestrator/template/language/parts.hpp"

namespace testudo::template_ {
namespace {

Key<PauseSpec> moment(std::string_view name, Condition PauseSpec::*member, std::string_view doc) {
    return special<PauseSpec>(
        name, [member](Reader& r, const Node& node, PauseSpec& p) { p.*member = read_exercise_time(r, node); },
        shape::exercise_time, doc);
}

const Table<PauseSpec>& pause_table() {
    static const Table<PauseSpec> table("a pause", {moment("from", &PauseSpec::from, "When it begins: `T+1h`.").must(),
                                                    moment("to", &PauseSpec::to, "When it is over: `T+2h`.").must()});
    return table;
}

const Table<AccountSpec>& account_table() {
    static const Table<AccountSpec> table("an account",
                                          {text("user", &AccountSpec::user, "Who signs in.").must(),
                                           text("password", &AccountSpec::password, "With which password.").must()});
    return table;
}

// A pool is a list of accounts under its name.
void read_accounts(Reader& r, const Node& node, Template& t) {
    static const auto accounts = list("", &AccountsSpec::accounts, account_table(), "");
    if (node.kind != Node::Kind::mapping)
        return r.wrong(node, "a mapping from names to lists of accounts");
    for (const auto& entry : node.entries) {
        AccountsSpec pool;
        r.name(Text{entry.key, entry.key_span}, "a pool of accounts", longest_id, pool.id);
        accounts.read(r, *entry.value, pool);
        if (pool.id.given())
            t.accounts.push_back(std::move(pool));
    }
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
         number("retries", &CheckSpec::retries, 1, 10,
                "`confirm: 3 of 3` in short: how many further tries must all fail."),
         points("weight", &CheckSpec::weight, "Its share among all checks; 1 if not given."),
         word("tell", &CheckSpec::tell, {"team", "white"},
              "Who is told the reason of a failure: the team (if not given), or nobody but the white team."),
         list("pause", &CheckSpec::pauses, pause_table(),
              "Times in which it is not asked and nothing is charged: `[{ from: T+1h, to: T+2h }]`."),
         text("accounts", &CheckSpec::accounts, "The pool under `accounts` whose users it signs in as, in turn.")});
    return table;
}

const Table<VisitSpec>& visit_table() {
    static const auto table =
        Table<VisitSpec>(
            "a service that users ask",
            {text("of", &VisitSpec::of, "What is asked: `portal.web`.").must(),
             parameters("ask", &VisitSpec::ask, "What is asked for, as in a check."),
             parameters("expect", &VisitSpec::expect, "What a good answer holds, as in a check."),
             text("accounts", &VisitSpec::accounts, "The pool under `accounts` whose users they sign in as, in turn.")})
            .or_text([](Reader&, const Text& of, VisitSpec& visit) { visit.of = of; });
    return table;
}

// One service, or a list of them.
void read_visits(Reader& r, const Node& node, UsersSpec& users) {
    const auto read = [&](const Node& one) {
        VisitSpec visit;
        if (visit_table().read(r, one, visit))
            users.of.push_back(std::move(visit));
    };
    if (node.kind != Node::Kind::sequence)
        return read(node);
    for (const auto& item : node.items)
        read(*item);
}

const Table<UsersSpec>& users_table() {
    static const Table<UsersSpec> table(
        "a kind of users",
        {text("title", &UsersSpec::title, "Who they are, in words; the name itself if not given."),
         texts("from", &UsersSpec::from, "Where they sit: a vantage, or a network whose vantages ask for them.").must(),
         special<UsersSpec>(
             "of", read_visits,
             [] {
                 const auto one = visit_table().schema();
                 return json::object{{"anyOf", json::array{one, json::object{{"type", "array"}, {"items", one}}}}};
             },
             "What they use: `portal.web`, or a list; `{ of: names.dns, ask: { name: www.example } }` where it takes "
             "more "
             "to ask.")
             .must(),
         duration(
             "every", &UsersSpec::every,
             "How often each service is used, once in every such time, at a moment drawn by lot; 20s if not given."),
         word("family", &UsersSpec::family, {"ipv4", "ipv6"},
              "Over which protocol; not given: IPv4 if there is a way.")});
    return table;
}

const Table<CategorySpec>& category_table() {
    static const auto table =
        Table<CategorySpec>("a category",
                            {points("weight", &CategorySpec::weight, "Its share of the 1000 points.").must(),
                             text("title", &CategorySpec::title, "The name that people read.")})
            .or_text([](Reader& r, const Text& value, CategorySpec& category) { r.points(value, category.weight); },
                     shape::points());
    return table;
}

} // namespace

std::vector<Key<Template>> check_keys() {
    return {
        each("checks", &Template::checks, check_table(), longest_id,
             "What is asked, again and again, to see if it works."),
        each("users", &Template::users, users_table(), longest_id,
             "People of each team who are no players: what they use, and how often; nothing is charged for it."),
        special<Template>(
            "accounts", read_accounts,
            [] {
                const json::object pool{{"type", "array"}, {"items", account_table().schema()}};
                return json::object{
                    {"type", "object"}, {"propertyNames", shape::name(longest_id)}, {"additionalProperties", pool}};
            },
            "Pools of accounts that checks sign in with, in turn."),
    };
}

std::vector<Key<Template>> scoring_keys() {
    return {each("scoring", &Template::scoring, category_table(), longest_id,
                 "How the 1000 points are shared among availability, impact, restoration and reports."),
            word("requested-resets", &Template::requested_resets, {"charged", "void"},
                 "Whether an outage counts that comes from a reset which the team asked for; `charged` if not given. "
                 "That of any other reset never counts.")};
}

} // namespace testudo::template_
