#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/template/condition.hpp"
#include "orchestrator/template/rule.hpp"
#include "orchestrator/template/spanned.hpp"

// What a template says, typed, every word with its place. Nothing is decided here: names are not looked up, expressions
// are not evaluated, defaults are not filled in. The keys are described in language/ and in docs/template.md.
namespace testudo::template_ {

// Nations under one name; as they were on a day, because such groups change.
struct GroupSpec {
    Text id; // "NATO"
    Text title;
    std::vector<Text> nations;
    Text as_of; // "2026-01-01"
};

struct TeamSpec {
    Text id;
    Text title;
    Text colour;
    std::vector<Text> nations;
    Text language; // "fr"
};

// A part of a network's numbers that is kept for something.
struct PoolSpec {
    Text id;      // "dhcp"
    Text numbers; // "100-199"
};

struct NetworkSpec {
    Text id;
    Text title;
    Text per; // "team", or not given: shared
    Text ipv4;
    Text ipv6;
    std::vector<PoolSpec> pools;
    std::vector<Text> joined_by; // routers
};

// One line of a machine's `on:`.
struct AttachmentSpec {
    Text id;   // the network's name
    Text host; // number of the machine on the network, same for both families; or
    Text pool; // the next number of that pool; or
    Text ipv4; // whole addresses
    Text ipv6;
};

struct ServiceSpec {
    Text id;
    Text protocol;
    Number port; // not given: the protocol's own
    Text unit;
};

struct FileSpec {
    Text path;
    Text content;
    Text file;
    Text mode;
    Text owner;
};

struct UserSpec {
    Text id;
    Text password; // not given: derived from the team's credential of this name
    Flag admin;
};

struct MachineSpec {
    Text id;
    Text like;    // a profile
    Number count; // not given: one, of just that name
    Text title;
    Text label;
    Text per;
    Text team;
    Text role;
    Text kind;
    Text image;
    Number memory;
    Number disk;
    Number cpus;
    std::vector<AttachmentSpec> on;
    std::vector<ServiceSpec> serves;
    std::vector<FileSpec> files;
    std::vector<UserSpec> users;
    std::vector<Text> setup;
    std::vector<Text> starts;   // Debian services without a port of their own
    std::vector<Text> packages; // Debian packages
    std::vector<Text> needs;    // machines that are ready before
    std::vector<Text> seen_by;  // teams or colours that may know of it, `own` for its team's
    std::vector<Text> console;  // that may open its console; also `instructor`
};

// Where machines may run.
struct HostSpec {
    Text id;
    Text title;
    Text uri; // libvirt's
    Text nation;
    Number memory;              // MiB
    Number disk;                // MiB
    Number reserve;             // MiB of memory that are kept free
    std::vector<Text> only_for; // teams or nations; none: all
    Text highest;               // classification
};

// How much of the pool a nation's machines may take.
struct QuotaSpec {
    Text nation;
    Number memory; // MiB
};

struct RuleSpec {
    Text at;
    std::vector<RuleText> allow;
    std::vector<RuleText> deny;
};

// A value given to a check or an action; which ones there are is in parameters.hpp.
struct ParameterSpec {
    std::string name;
    Span name_span;
    std::variant<Text, std::vector<Text>> value;
    Span span;
};

// A time in which a check is not made: `{ from: T+1h, to: T+2h }`.
struct PauseSpec {
    Condition from;
    Condition to;
    Span span;
};

struct CheckSpec {
    Text id;
    Text title;
    std::vector<Text> from;
    Text of;
    Text type;
    Text family;
    Text service;
    std::vector<ParameterSpec> ask;
    std::vector<ParameterSpec> expect;
    Duration every;
    Duration timeout;
    Text confirm;   // "2 of 3"
    Number retries; // "3 of 3" in one number
    Number weight;  // milli
    Text tell;      // who is told the reason of a failure: "team" or "white"
    Text accounts;  // a pool of `accounts:`
    std::vector<PauseSpec> pauses;
};

struct AccountSpec {
    Text user;
    Text password;
};

// Accounts that checks use in turn.
struct AccountsSpec {
    Text id;
    std::vector<AccountSpec> accounts;
};

// What one kind of users does again and again.
struct VisitSpec {
    Text of; // "portal.web"
    std::vector<ParameterSpec> ask;
    std::vector<ParameterSpec> expect;
    Text accounts;
};

// People of every team who are no players: their traffic tells how a service looks from a user's seat.
struct UsersSpec {
    Text id; // "office-staff"
    Text title;
    std::vector<Text> from;
    std::vector<VisitSpec> of;
    Duration every;
    Text family;
};

struct ObjectiveSpec {
    Text id;
    Text title;
};

struct RoleSpec {
    Text id;
    Text title;
};

struct PhaseSpec {
    Text id;
    Text title;
    Condition at;
};

struct RubricItemSpec {
    Text id;
    Text title;
    Number points; // milli
};

struct ExpectsSpec {
    Text report;
    Duration within;
    std::vector<RubricItemSpec> rubric;
};

struct ImpactSpec {
    Number points; // milli
    Text level;
    Duration full_after;
};

struct RestoreSpec {
    Number points; // milli
    Duration within;
};

// A text in one or several languages; `language` is empty where there is only one.
struct LocalText {
    std::string language; // "fr"
    Text text;
};

struct AttachmentFile {
    Text name;
    Text content;
};

// One row of `each:`: what its names stand for in that round.
using Row = std::vector<std::pair<std::string, Text>>;

struct RepeatSpec {
    Duration every;
    Number times;
    Condition until;
    Span span;
};

struct InjectSpec {
    bool is_action = false;
    Span span; // of the key `message` or `action`
    Text id;   // of a message: the value of `message`
    // Repetition: an entry stands for as many injects as it has rows, times its repeats.
    std::vector<Row> each;
    Span each_span; // none: not given
    RepeatSpec repeat;
    int choice = -1; // position in Template::choices of the choice that it is a way of
    Text title;
    Text objective;
    Text controller;
    Text label;
    Text approval; // "draft", "proposed", "approved"; not given: approved
    Flag hold;
    std::vector<Text> to;
    Condition when;
    Text late;
    Duration grace;
    // message
    Text kind;
    Text from;
    std::vector<LocalText> subject;
    std::vector<LocalText> body;
    std::vector<AttachmentFile> attachments;
    Text expected; // what the team should do, for controllers
    ExpectsSpec expects;
    // action
    Text action;
    Text technique;
    Text on;
    Text by;
    Text family;
    std::vector<ParameterSpec> with;
    ImpactSpec impact;
    RestoreSpec restore;
};

// Several injects of which each team gets the first whose condition holds when the choice is made.
struct ChoiceSpec {
    Condition when;
    Span span;
};

struct CategorySpec {
    Text id;
    Text title;
    Number weight; // milli
};

struct Template {
    std::shared_ptr<const SourceFile> file;
    Number version;
    Text exercise;
    Text title;
    Text label;
    Duration duration;
    std::vector<GroupSpec> groups;
    std::vector<TeamSpec> teams;
    std::vector<HostSpec> hosts;
    std::vector<QuotaSpec> quotas;
    std::vector<NetworkSpec> networks;
    std::vector<MachineSpec> profiles;
    std::vector<MachineSpec> machines;
    std::vector<RuleSpec> rules;
    std::vector<CheckSpec> checks;
    std::vector<UsersSpec> users;
    std::vector<PhaseSpec> phases;
    std::vector<InjectSpec> timeline;
    std::vector<ChoiceSpec> choices;
    std::vector<ObjectiveSpec> objectives;
    std::vector<RoleSpec> roles;
    std::vector<AccountsSpec> accounts;
    std::vector<CategorySpec> scoring;
    Text requested_resets; // "charged", "void"; empty: "charged"
};

} // namespace testudo::template_
