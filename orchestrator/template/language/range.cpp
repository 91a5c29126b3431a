#include "orchestrator/template/language/parts.hpp"

namespace testudo::template_ {
namespace {

const Table<PoolSpec>& pool_table() {
    static const auto table =
        Table<PoolSpec>("a pool", {text("numbers", &PoolSpec::numbers, "Its first and last number: `100-199`.").must()})
            .or_text([](Reader&, const Text& numbers, PoolSpec& pool) { pool.numbers = numbers; });
    return table;
}

const Table<NetworkSpec>& network_table() {
    static const Table<NetworkSpec> table(
        "a network",
        {word("per", &NetworkSpec::per, {"team"},
              "`team`: every blue team has one of its own; not given: one, shared."),
         text("title", &NetworkSpec::title, "What it is, in words."),
         text("ipv4", &NetworkSpec::ipv4, "Its IPv4 network, inside 198.18.0.0/15; may hold expressions."),
         text("ipv6", &NetworkSpec::ipv6, "Its IPv6 network, inside 2001:db8::/32; may hold expressions."),
         each("pools", &NetworkSpec::pools, pool_table(), longest_id,
              "Numbers that are kept for something: `{ management: 10-29, dhcp: 100-199 }`; machines take them with "
              "`pool`, and nobody is given one of `dhcp`."),
         texts("joined_by", &NetworkSpec::joined_by, "The routers that stand on it; checked against the machines.")});
    return table;
}

const Table<AttachmentSpec>& attachment_table() {
    static const auto table =
        Table<AttachmentSpec>(
            "an attachment",
            {text("host", &AttachmentSpec::host, "The machine's number on the network, for both families."),
             text("pool", &AttachmentSpec::pool, "The pool of the network that its number is taken from."),
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
            .or_text([](Reader& r, const Text& word, ServiceSpec& s) { r.word(word, protocols(), s.protocol); },
                     shape::word(protocols()));
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
        number("count", &MachineSpec::count, 1, 1000,
               "How many there are: NAME-1, NAME-2, ...; its texts know `index`."),
        text("title", &MachineSpec::title, "What it is, in words."),
        text("label", &MachineSpec::label, "Its confidentiality; the exercise's if not given."),
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
        texts("packages", &MachineSpec::packages, "Debian packages that its image must have."),
        texts("needs", &MachineSpec::needs, "The machines that must be ready before it is made ready."),
        texts("seen_by", &MachineSpec::seen_by,
              "Who may see that it is there: teams, colours, or `own` for the team whose it is; `[own, red]` if not "
              "given, "
              "and always the white team."),
        texts("console", &MachineSpec::console,
              "Who may open its console, as in `seen_by`, or `instructor`; `own` if not given, and always the white "
              "team."),
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
        [] { return shape::one_or_many(shape::text()); }, doc);
}

const Table<RuleSpec>& rule_table() {
    static const Table<RuleSpec> table(
        "a rule", {text("at", &RuleSpec::at, "The router that applies it.").must(),
                   rules_of("allow", &RuleSpec::allow, "What it lets through: `internet -> portal.web`, or a list."),
                   rules_of("deny", &RuleSpec::deny, "What it stops, before anything that it lets through.")});
    return table;
}

} // namespace

std::vector<Key<Template>> range_keys() {
    return {
        each("networks", &Template::networks, network_table(), longest_id, "The segments of the range."),
        each("profiles", &Template::profiles, profile_table(), longest_id, "What several machines have in common."),
        each("machines", &Template::machines, machine_table(), longest_id, "What stands where."),
        list("rules", &Template::rules, rule_table(), "What routers let through; everything else they stop."),
    };
}

} // namespace testudo::template_
