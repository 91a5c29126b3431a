#pragma once
#include "orchestrator/core/digest.hpp"
#include "orchestrator/plan/plan.hpp"

// A small plan for tests, written by hand: two blue teams with a router, a portal and a controller each; a vantage and
// a reference on the shared segment; a red machine; two checks with their reference twins; three injects.
namespace testudo::plan {

inline Plan sample_plan() {
    Plan plan;
    plan.exercise = "sample";
    plan.title = "Sample";
    plan.label = "EXERCISE UNCLASSIFIED REL EST FIN SWE";
    plan.duration = Millis(1'800'000);
    plan.teams = {{"north", "North", "blue", 1, {"EST"}},
                  {"south", "South", "blue", 2, {"FIN", "SWE"}},
                  {"red", "Red", "red", 0, {}}};
    plan.services = {{"portal", "Portal"}, {"crane", "Crane"}};
    plan.phases = {{"startex", "Attack", Millis(0)}, {"recovery", "Recovery", Millis(1'200'000)}};
    plan.categories = {{"availability", "Availability", 600'000},
                       {"impact", "Attack impact", 200'000},
                       {"restoration", "Restoration", 100'000},
                       {"reports", "Reports", 100'000}};

    const auto segment = [&](const std::string& name, const std::string& team, const std::string& v4,
                             const std::string& v6) {
        const auto id = team.empty() ? name : name + "@" + team;
        plan.segments.push_back({id, name, team, uuid_of("sample/network/" + id),
                                 team.empty() ? "tst-sample-" + name : "tst-sample-" + team + "-" + name,
                                 "tb" + short_hash("sample/" + id, 10), v4, v6});
    };
    const auto machine = [&](const std::string& name, const std::string& team, const std::string& role,
                             MachineKind kind) {
        Machine m;
        m.id = team.empty() || team == "red" ? name : name + "@" + team;
        m.name = name;
        m.team = team;
        m.title = name;
        m.role = role;
        m.kind = kind;
        m.image = kind == MachineKind::vm ? "debian-vm" : "debian-range";
        m.hostname = name;
        m.domain = team.empty() ? "tst-sample-" + name : "tst-sample-" + team + "-" + name;
        m.uuid = uuid_of("sample/machine/" + m.id);
        m.memory_mib = kind == MachineKind::vm ? 256 : 64;
        m.disk_mib = 64;
        return m;
    };
    const auto attach = [&](Machine& m, const std::string& segment_id, const std::string& v4, const std::string& v6) {
        const auto key = "sample/" + m.id + "/" + segment_id;
        m.interfaces.push_back(
            {segment_id, "eth" + std::to_string(m.interfaces.size()), "tv" + short_hash(key, 10), mac_of(key), v4, v6});
    };

    segment("internet", "", "198.18.0.0/24", "2001:db8::/64");
    for (const auto& team : {std::string("north"), std::string("south")}) {
        const auto n = std::to_string(team == "north" ? 1 : 2);
        const auto v4 = "198.18.1" + n + ".";
        const auto v6 = "2001:db8:1" + n + "::";
        segment("office", team, v4 + "0/24", v6 + "/64");
        const auto office = "office@" + team;

        auto gate = machine("gate", team, "router", MachineKind::container);
        attach(gate, "internet", "198.18.0.1" + n + "/24", "2001:db8::1" + n + "/64");
        attach(gate, office, v4 + "1/24", v6 + "1/64");
        gate.forwards = true;
        gate.reach = {v4 + "0/24", v6 + "/64"};
        plan.machines.push_back(gate);

        auto portal = machine("portal", team, "team", MachineKind::container);
        attach(portal, office, v4 + "80/24", v6 + "80/64");
        portal.routes = {{"0.0.0.0/0", v4 + "1"}, {"::/0", v6 + "1"}};
        portal.services = {{"web", "http", 80, "nginx"}};
        portal.files = {{"/var/www/html/index.html", "<h1>Harbour office</h1>\n", "0644", "root"}};
        portal.users = {{"defender", "", team + "/defender", true}};
        plan.machines.push_back(portal);

        auto plc = machine("plc", team, "team", MachineKind::vm);
        attach(plc, office, v4 + "50/24", v6 + "50/64");
        plc.routes = {{"0.0.0.0/0", v4 + "1"}, {"::/0", v6 + "1"}};
        plc.services = {{"modbus", "modbus", 502, "harbour-plc"}};
        plan.machines.push_back(plc);
    }
    auto vantage = machine("vantage", "", "vantage", MachineKind::container);
    attach(vantage, "internet", "198.18.0.200/24", "2001:db8::200/64");
    vantage.routes = {{"198.18.11.0/24", "198.18.0.11"},
                      {"198.18.12.0/24", "198.18.0.12"},
                      {"2001:db8:11::/64", "2001:db8::11"},
                      {"2001:db8:12::/64", "2001:db8::12"}};
    vantage.reach = {"198.18.0.0/24", "198.18.11.0/24",   "198.18.12.0/24",
                     "2001:db8::/64", "2001:db8:11::/64", "2001:db8:12::/64"};
    plan.machines.push_back(vantage);
    auto reference = machine("reference", "", "reference", MachineKind::container);
    attach(reference, "internet", "198.18.0.210/24", "2001:db8::210/64");
    reference.services = {{"web", "http", 80, "nginx"}, {"modbus", "modbus", 502, "harbour-plc"}};
    plan.machines.push_back(reference);
    auto crow = machine("crow", "red", "red", MachineKind::container);
    attach(crow, "internet", "198.18.0.66/24", "2001:db8::66/64");
    crow.routes = vantage.routes;
    crow.reach = vantage.reach;
    plan.machines.push_back(crow);

    const auto check = [&](const std::string& name, const std::string& title, const std::string& team,
                           const std::string& service, const std::string& target, const std::string& address,
                           std::uint16_t port, const std::string& type, json::object params) {
        Check c;
        c.id = name + "@" + (team.empty() ? "reference" : team);
        c.name = name;
        c.title = title;
        c.team = team;
        c.service = service;
        c.vantage = "vantage";
        c.target = target;
        c.address = address;
        c.port = port;
        c.type = type;
        c.params = std::move(params);
        c.weight_milli = service == "portal" ? 3000 : 2000;
        c.twin = team.empty() ? "" : name + "@reference";
        plan.checks.push_back(std::move(c));
    };
    const json::object page{{"path", "/"}, {"status", 200}, {"contains", "Harbour office"}};
    const json::object crane{{"register", 0}, {"expect", 40}};
    check("portal-answers", "Portal answers on HTTP", "", "portal", "reference", "198.18.0.210", 80, "http", page);
    check("portal-answers", "Portal answers on HTTP", "north", "portal", "portal@north", "198.18.11.80", 80, "http",
          page);
    check("portal-answers", "Portal answers on HTTP", "south", "portal", "portal@south", "198.18.12.80", 80, "http",
          page);
    check("crane-runs", "Crane keeps its speed", "", "crane", "reference", "2001:db8::210", 502, "modbus", crane);
    check("crane-runs", "Crane keeps its speed", "north", "crane", "plc@north", "2001:db8:11::50", 502, "modbus",
          crane);
    check("crane-runs", "Crane keeps its speed", "south", "crane", "plc@south", "2001:db8:12::50", 502, "modbus",
          crane);

    Inject advisory;
    advisory.id = "advisory";
    advisory.kind = Inject::Kind::message;
    advisory.title = "Advisory";
    advisory.controller = "white";
    advisory.teams = {"north", "south"};
    advisory.when = {When::Kind::at, Millis(60'000), "", "", 0, {}, "T+1m"};
    advisory.from = "National CERT";
    advisory.subject = "Attacks on ports";
    advisory.body = "Ports are under attack. Report what you see.";
    advisory.expects = {"incident",
                        Millis(600'000),
                        20'000,
                        {{{"facts", "Facts are right", 10'000}, {"next", "Next steps are named", 10'000}}}};
    plan.injects.push_back(advisory);

    Inject defaced;
    defaced.id = "defaced";
    defaced.kind = Inject::Kind::action;
    defaced.title = "Portal is defaced";
    defaced.objective = "Notice and restore a changed page";
    defaced.controller = "red";
    defaced.teams = {"north", "south"};
    defaced.when = {When::Kind::at, Millis(120'000), "", "", 0, {}, "T+2m"};
    defaced.action = "deface";
    defaced.technique = "T1491.002";
    for (const auto& team : defaced.teams)
        defaced.targets.push_back({team,
                                   "portal@" + team,
                                   "portal@" + team,
                                   "",
                                   {{"path", "/var/www/html/index.html"}, {"text", "The harbour is ours"}}});
    defaced.idempotent = true;
    defaced.has_effect = true;
    defaced.impact_milli = 30'000;
    defaced.restore_milli = 20'000;
    plan.injects.push_back(defaced);

    Inject press;
    press.id = "press-call";
    press.kind = Inject::Kind::message;
    press.title = "The press calls";
    press.controller = "white";
    press.per_team = true;
    press.teams = {"north", "south"};
    press.when = {When::Kind::effect, Millis(300'000), "defaced", "holds", 0, {}, "5m after defaced holds"};
    press.from = "Harbour Gazette";
    press.subject = "Your website";
    press.body = "What happened to your website?";
    press.expects = {"media", Millis(600'000), 10'000, {{{"tone", "Calm and true", 10'000}}}};
    plan.injects.push_back(press);
    return plan;
}

} // namespace testudo::plan
