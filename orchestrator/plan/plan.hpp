#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/json.hpp"

// A plan is a template with everything decided: every machine of every team, every address, name, check and inject
// instance. It is a pure value: the same template gives the same plan, byte for byte. It holds no secret (see
// plan/secrets.hpp). Its JSON form is the body of the event `exercise.created`, so a log can be replayed without the
// template.
namespace testudo::plan {

// Nations under one name, as they were on a day. Where nations are listed, a group's members are.
struct Group {
    std::string id; // "NATO"
    std::string title;
    std::vector<std::string> nations;
    std::string as_of; // "2026-01-01"
};

struct Team {
    std::string id;                   // "north"
    std::string title;                // "North"
    std::string colour;               // "blue", "red", "white", "green", "yellow"
    int number = 0;                   // 1.. for blue teams in the order of the template, 0 for the others
    std::vector<std::string> nations; // ISO 3166-1 alpha-3
    std::string language{};           // that its messages come in, if they have it: "fr"; "" = their first
};

struct Segment {
    std::string id;   // "office@north", or "internet" when shared
    std::string name; // "office"
    std::string team; // "" when shared
    std::string uuid;
    std::string network; // libvirt's name for it: "tst-harbour-shield-north-office"
    std::string bridge;  // at most 15 characters
    std::string ipv4;    // "198.18.11.0/24"; "" if none
    std::string ipv6;    // "2001:db8:11::/64"; "" if none
};

struct Interface {
    std::string segment; // Segment::id
    std::string name;    // in the guest: "eth0"
    std::string device;  // on the host: veth or tap, at most 15 characters
    std::string mac;
    std::string ipv4; // with prefix length: "198.18.11.80/24"; "" if none
    std::string ipv6;
};

struct Route {
    std::string to;  // "0.0.0.0/0", "::/0" or a network
    std::string via; // address of the router
};

struct Service {
    std::string name;     // "web"
    std::string protocol; // "http", "dns", "smtp", "postgresql", "modbus", "ssh"
    std::uint16_t port = 0;
    std::string unit; // Debian service started on the machine: "nginx"; "" if none
};

struct File {
    std::string path;
    std::string content;
    std::string mode = "0644";
    std::string owner = "root";
};

// The password is `password` when the template plants one (a weakness, known to all), else a secret derived per machine
// from `credential`.
struct User {
    std::string name;
    std::string password;
    std::string credential; // id given to secrets: "north/defender"; "" when password is planted
    bool admin = false;     // may use sudo
};

enum class MachineKind { container, vm };

struct Machine {
    std::string id;   // "portal@north", or "crow" when shared
    std::string name; // "portal"
    // Owner: a blue team's id, another team's (of colour red), or "" for machines of the white team. Vantages and
    // references are always the white team's, even one that stands in a team's segment ("desk@north").
    std::string team;
    std::string title; // "Public web portal"
    std::string role;  // "team", "router", "red", "vantage", "reference"
    MachineKind kind = MachineKind::container;
    std::string image;
    std::string hostname;
    std::string domain; // libvirt's name for it: "tst-harbour-shield-north-portal"
    std::string uuid;
    int memory_mib = 0;
    int cpus = 1;
    int disk_mib = 0; // writable space over the image
    std::vector<Interface> interfaces;
    std::vector<Route> routes;
    std::string label;              // "" = the exercise's
    std::vector<std::string> needs; // Machine::id of those that are ready before
    // Teams that may know of it, and that may open its console (plan/sight.hpp); "white" first, "instructor" too in
    // `console`. Empty: as usual.
    std::vector<std::string> seen_by;
    std::vector<std::string> console;
    bool forwards = false; // is a router: IP forwarding on
    std::string nftables;  // complete ruleset for `nft -f`, "" if none
    std::vector<Service> services;
    std::vector<File> files;
    std::vector<User> users;
    std::vector<std::string> setup; // shell lines run once by the agent after files and users, before services start
    // Addresses and networks that this machine's agent may touch in actions and probes; it refuses all others.
    std::vector<std::string> reach;
};

// Exercise time in which a check is not made.
struct Pause {
    Millis from{0};
    Millis to{0};
    bool operator==(const Pause&) const = default;
};

// Signs in to a service in the place of a user.
struct Account {
    std::string user;
    std::string password;
};

// One check of one team (or of the reference copy: team == "").
struct Check {
    std::string id;    // "portal-answers@north"; the reference twin: "portal-answers@reference"
    std::string name;  // "portal-answers"
    std::string title; // "Portal answers on HTTP"
    std::string team;
    std::string service;        // column on the scoreboard: "portal"
    std::string vantage;        // Machine::id whose agent runs it
    std::string second_vantage; // used to confirm a failure; "" = the same
    std::string target;         // Machine::id
    std::string address;        // literal IPv4 or IPv6
    std::uint16_t port = 0;
    std::string type;    // "icmp", "tcp", "http", "dns", "ssh", "smtp", "postgresql", "modbus"
    json::object params; // per type, see docs/agent-protocol.md
    Millis period{10'000};
    Millis timeout{3'000};
    int confirm_failures = 2; // k: a failure counts after k failed re-checks ...
    int confirm_of = 2;       // ... of n, run at once one after another
    std::int64_t weight_milli = 1000;
    std::string twin;   // id of the reference check; "" if none (or if this is the twin)
    std::string tell{}; // "white": only the white team is told the reason of a failure
    std::vector<Pause> pauses{};
    std::vector<Account> accounts{}; // window k signs in as the k-th of them, again from the first after the last
    // Traffic of these users (Users::id): asked at moments drawn by lot, shown apart, charged to nobody. "" = a check.
    std::string users{};
};

// People who are no players and use what teams offer, on every team's range alike.
struct Users {
    std::string id; // "office-staff"
    std::string title;
};

// When something happens: a tree.
struct When {
    enum class Kind {
        at,     // exercise time `time`
        after,  // inject `ref` completed (`what` == "completed") or fired ("fired"), plus `time`
        phase,  // phase `ref` began, plus `time`
        check,  // check `ref` (name, of the same team) has state `what` ("down", "ok") for at least `time`
        effect, // effect of action inject `ref` on the same team "holds" or is "gone" (`what`) for at least `time`
        report, // the team filed a report of kind `ref`
        score,  // the team's total is "below"/"above" (`what`) `milli`
        manual, // only a controller fires it
        all,
        any,
        negation,
        grade // a report of kind `ref` was graded "below"/"above" (`what`) `milli` thousandths of its points
    };
    Kind kind = Kind::manual;
    Millis time{0};
    std::string ref;
    std::string what;
    std::int64_t milli = 0;
    std::vector<When> parts; // of all, any, negation
    // As the controller reads it: "T+5m", "10m after defaced holds".
    std::string text;
};

struct Rubric {
    struct Item {
        std::string id;
        std::string title;
        std::int64_t max_milli = 0;
    };
    std::vector<Item> items;
};

struct Expectation {
    std::string report; // kind of report: "media", "incident"; "" = none expected
    Millis within{0};   // after delivery
    std::int64_t value_milli = 0;
    Rubric rubric;
};

struct Translation {
    std::string language; // ISO 639: "fr"
    std::string subject;
    std::string body;
};

// What an action does to one team: where it runs and on what.
struct ActionTarget {
    std::string team;
    std::string agent;   // Machine::id that runs the action
    std::string target;  // Machine::id acted upon
    std::string address; // of the target, as the agent sees it; "" for actions that run on the target itself
    json::object params; // complete, expressions evaluated
};

struct Inject {
    enum class Kind { message, action };
    std::string id; // "defaced"
    Kind kind = Kind::message;
    std::string title;
    std::string objective;  // what is trained
    std::string controller; // responsible role: "white", "red"
    std::string label;      // "" = the exercise's
    bool approved = true;   // unapproved injects never fire in a live exercise
    bool proposed = false;  // not approved, but put to those who approve; else it is a draft
    bool held = false;      // from the start, until a controller releases it
    std::string expected;   // what the team should do, for controllers
    bool per_team = false;  // condition is judged and fired for each team by itself
    std::vector<std::string> teams;
    When when;
    std::string late = "fire"; // policy when overdue at restart: "fire", "hold", "skip"
    Millis grace{600'000};     // with late == "fire": fires if overdue by at most this much, else held
    // kind == message
    std::string from; // role that it comes from: "National CERT"
    std::string subject;
    std::string body;
    std::string channel; // "news", "call", "order"; "" = mail
    std::vector<Translation> translations;
    Expectation expects;
    // kind == action
    std::string action;    // type, see docs/agent-protocol.md: "deface", "stop-service" ...
    std::string technique; // ATT&CK id: "T1491.002"
    std::vector<ActionTarget> targets;
    Millis lasts{0}; // how long an act may be at work before it answers, beside the way there and back
    bool idempotent = false;
    bool has_effect = false;        // leaves something that holds until the team repairs it
    std::int64_t impact_milli = 0;  // V of scoring.md (attack impact); 0 = not scored
    std::int64_t level_milli = 333; // l: user 333, admin 667, objective 1000
    Millis impact_full{600'000};    // T: held this long costs all of it
    std::int64_t restore_milli = 0; // value of restoring in time; 0 = not scored
    Millis restore_target{600'000}; // T_target
};

struct Phase {
    std::string id;
    std::string title;
    Millis at{0};
};

struct Category {
    std::string id; // "availability", "impact", "restoration", "reports"
    std::string title;
    std::int64_t weight_milli = 0; // share of the total; all together 1,000,000 (= 1000 points)
};

// Where machines may run; placement.hpp says which one runs where.
struct Host {
    std::string id;
    std::string title;
    std::string uri; // libvirt's
    std::string nation;
    std::int64_t memory_mib = 0;
    std::int64_t disk_mib = 0;      // 0: not counted
    std::int64_t reserve_mib = 0;   // of memory, kept free
    std::vector<std::string> teams; // whose machines it takes; empty: everybody's
    std::string highest;            // classification of machines that it takes; "" = any
};

// How much of the hosts' memory the machines of a nation's teams may take.
struct Quota {
    std::string nation;
    std::int64_t memory_mib = 0;
};

struct Plan {
    std::string exercise; // "harbour-shield"
    std::string title;
    std::string label;
    Millis duration{0};
    std::vector<std::string> notes; // what was read otherwise than written
    std::vector<Group> groups;
    std::vector<Team> teams;
    std::vector<Host> hosts;
    std::vector<Quota> quotas;
    std::vector<Segment> segments;
    std::vector<Machine> machines;
    std::vector<Check> checks;
    std::vector<Users> users;
    std::vector<Phase> phases;
    std::vector<Inject> injects;
    std::vector<Category> categories;
    std::vector<std::pair<std::string, std::string>> services; // scoreboard columns: id, title; in order
    bool charges_requested_resets = true;                      // the outage of a reset that a team asked for counts
};

json::object to_json(const Plan& plan);
// Reads what to_json wrote; an error names the member.
Result<Plan> plan_from_json(const json::object& object);
// SHA-256 of the JSON form, hex.
std::string hash_of(const Plan& plan);

const Machine* find_machine(const Plan& plan, std::string_view id);
const Team* find_team(const Plan& plan, std::string_view id);
const Inject* find_inject(const Plan& plan, std::string_view id);
// The message in the team's language; null if it has none, or no such text: then the first one is meant.
const Translation* translation_for(const Plan& plan, const Inject& inject, std::string_view team);
// "draft", "proposed" or "approved"
std::string_view approval_of(const Inject& inject);
const Check* find_check(const Plan& plan, std::string_view id);
const Segment* find_segment(const Plan& plan, std::string_view id);

} // namespace testudo::plan
