#include "orchestrator/plan/describe.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "orchestrator/plan/placement.hpp"
#include "orchestrator/plan/stakes.hpp"
#include "orchestrator/template/quantity.hpp"

namespace testudo::plan {
namespace {

struct Totals {
    int containers = 0;
    int vms = 0;
    std::int64_t memory_mib = 0;
    std::int64_t disk_mib = 0;
    int actions = 0;
    int messages = 0;
    int seconds = 0; // until all is ready, on two cores without hardware virtualisation
    std::map<std::string, int> images;
};

// Measured on two cores: a network takes some 10 ms, a container starts in 0.1 s and is personalised in about 1 s
// beside one other, a VM boots in some 15 s beside one other.
int estimate_seconds(std::size_t networks, int containers, int vms) {
    return static_cast<int>(networks) / 100 + containers / 2 + (vms + 1) / 2 * 15 + 3;
}

Totals totals_of(const Plan& plan) {
    Totals t;
    for (const auto& machine : plan.machines) {
        (machine.kind == MachineKind::vm ? t.vms : t.containers) += 1;
        t.memory_mib += machine.memory_mib;
        t.disk_mib += machine.disk_mib;
        ++t.images[machine.image];
    }
    for (const auto& inject : plan.injects)
        (inject.kind == Inject::Kind::action ? t.actions : t.messages) += 1;
    t.seconds = estimate_seconds(plan.segments.size(), t.containers, t.vms);
    return t;
}

struct Step {
    std::string what;
    std::string why;
};

std::vector<Step> steps_of(const Plan& plan, const Totals& t) {
    std::vector<Step> steps;
    steps.push_back(
        {fmt::format("make {} networks", plan.segments.size()), "machines are plugged into them when they start"});
    if (t.vms > 0)
        steps.push_back({fmt::format("start {} virtual machines", t.vms), "they boot longest, so they go first"});
    if (t.containers > 0)
        steps.push_back({fmt::format("start {} containers", t.containers),
                         t.vms > 0 ? "while the virtual machines boot" : "they are there within a second"});
    steps.push_back({"give every machine its name, addresses, rules, files and users",
                     "through its agent, out of band: the range has no address of ours"});
    if (std::any_of(plan.machines.begin(), plan.machines.end(), [](const Machine& m) { return !m.needs.empty(); }))
        steps.push_back({"make those that others need ready first", "`needs` says so; all else goes on beside it"});
    steps.push_back({"start the services", "they read the files written before"});
    steps.push_back({"run every check once", "an exercise starts with all services good"});
    return steps;
}

std::string addresses_of(const Machine& machine) {
    std::string out;
    for (const auto& interface : machine.interfaces)
        for (const auto& address : {interface.ipv4, interface.ipv6})
            if (!address.empty())
                out += (out.empty() ? "" : "  ") + address;
    return out;
}

std::string machine_line(const Machine& machine) {
    return fmt::format("    {:<14} {:<9} {:<13} {:>5} MiB  {:>5} MiB  {}\n", machine.name,
                       machine.kind == MachineKind::vm ? "vm" : "container", machine.image, machine.memory_mib,
                       machine.disk_mib, addresses_of(machine));
}

void describe_group(const Plan& plan, const std::string& team, std::string& out) {
    for (const auto& segment : plan.segments)
        if (segment.team == team)
            out += fmt::format("    {:<14} network   {}{}{}\n", segment.name, segment.ipv4,
                               segment.ipv4.empty() || segment.ipv6.empty() ? "" : "  ", segment.ipv6);
    const auto suffix = "@" + team;
    for (const auto& machine : plan.machines) {
        const bool shared = machine.id.find('@') == std::string::npos;
        if (team.empty() ? shared : machine.id.ends_with(suffix))
            out += machine_line(machine);
    }
}

void describe_users(const Plan& plan, std::string& out) {
    if (plan.users.empty())
        return;
    out += "\n  Users, of each team\n";
    for (const auto& check : plan.checks)
        if (check.team == plan.checks.back().team && !check.users.empty())
            out += fmt::format("    {:<20} {:<11} once in every {}, from {}: {}\n", check.users, check.type,
                               template_::to_text(check.period), check.vantage.substr(0, check.vantage.find('@')),
                               check.title);
}

std::string hosts_section(const Plan& plan) {
    if (plan.hosts.empty())
        return "";
    std::string out = "\n  Hosts\n";
    for (const auto& host : plan.hosts)
        out += fmt::format("    {:<14} {}  {} MiB{}{}{}  {}\n", host.id, host.nation, host.memory_mib,
                           host.reserve_mib == 0 ? "" : fmt::format(", {} kept free", host.reserve_mib),
                           host.teams.empty() ? "" : fmt::format(", for {}", fmt::join(host.teams, ", ")),
                           host.highest.empty() ? "" : fmt::format(", at most {}", host.highest), host.uri);
    for (const auto& quota : plan.quotas)
        out += fmt::format("    {:<14} at most {} MiB of them\n", quota.nation, quota.memory_mib);
    if (const auto placement = place(plan))
        for (const auto& [machine, placed] : *placement)
            out += fmt::format("      {:<24} on {:<14} {}\n", machine, placed.host, placed.reason);
    return out;
}

// "40 s", "12 min"
std::string roughly(int seconds) {
    return seconds < 180 ? fmt::format("{} s", seconds) : fmt::format("{} min", (seconds + 59) / 60);
}

std::string inject_line(const Inject& inject) {
    const auto what = inject.kind == Inject::Kind::message
                          ? fmt::format("message from {}: {}", inject.from, inject.subject)
                          : fmt::format("{}{}{}: {}", inject.action, inject.technique.empty() ? "" : " ",
                                        inject.technique, inject.title);
    return fmt::format("    {:<28} {:<16} {}\n", inject.when.text, inject.id, what);
}

void describe_unapproved(const Plan& plan, std::string& out) {
    std::string lines;
    for (const auto& inject : plan.injects)
        if (!inject.approved)
            lines += fmt::format("    {:<28} {:<16} {}\n", approval_of(inject), inject.id, inject.title);
    if (!lines.empty())
        out += "\n  Not approved, so these do not fire\n" + lines;
}

std::string points_of(const Stake& stake) {
    const auto points = [](std::int64_t milli) { return static_cast<double>(milli) / 1000; };
    return stake.least_milli == stake.most_milli
               ? fmt::format("{:g}", points(stake.most_milli))
               : fmt::format("{:g} to {:g}", points(stake.least_milli), points(stake.most_milli));
}

std::string stake_line(const Stake& stake) {
    static const std::map<std::string, std::string> items{{"availability", "{} checks with {} shares together"},
                                                          {"impact", "{} attacks that can cost {}"},
                                                          {"restoration", "{} restorations worth {}"},
                                                          {"reports", "{} reports worth {}"}};
    const auto found = items.find(stake.name);
    const auto what =
        found == items.end() ? "" : fmt::format(fmt::runtime(found->second), stake.items, points_of(stake));
    return fmt::format("    {:<16} {:>6g} points  {}\n", stake.name, static_cast<double>(stake.weight_milli) / 1000,
                       what);
}

void describe_stakes(const Plan& plan, std::string& out) {
    out += "\n  Scoring, for each team\n";
    for (const auto& stake : category_stakes(plan))
        out += stake_line(stake);
    const auto objectives = objective_stakes(plan);
    if (!objectives.empty())
        out += "\n  Objectives\n";
    for (const auto& stake : objectives)
        out += fmt::format("    {:<44} {:>4} {}, {} points at stake\n", stake.title, stake.items,
                           stake.items == 1 ? "inject" : "injects", points_of(stake));
}

json::array to_json(const std::vector<Stake>& stakes) {
    json::array out;
    for (const auto& s : stakes)
        out.push_back(json::object{{"name", json::string(s.name)},
                                   {"title", json::string(s.title)},
                                   {"weight_milli", s.weight_milli},
                                   {"items", s.items},
                                   {"least_milli", s.least_milli},
                                   {"most_milli", s.most_milli}});
    return out;
}

} // namespace

std::string describe(const Plan& plan) {
    const auto t = totals_of(plan);
    auto out = fmt::format("{} ({}), {} of exercise time\n{}\n", plan.title, plan.exercise,
                           template_::to_text(plan.duration), plan.label);
    for (const auto& note : plan.notes)
        out += fmt::format("note: {}\n", note);
    out += "\n  Shared\n";
    describe_group(plan, "", out);
    for (const auto& team : plan.teams) {
        if (team.colour != "blue")
            continue;
        out += fmt::format("\n  {} ({})\n", team.title, fmt::join(team.nations, ", "));
        describe_group(plan, team.id, out);
    }
    out += hosts_section(plan);
    out += "\n  Checks\n";
    for (const auto& check : plan.checks)
        if (check.team == plan.checks.back().team && check.users.empty())
            out += fmt::format("    {:<20} {:<11} every {}, {} points a share, from {}\n", check.name, check.type,
                               template_::to_text(check.period), static_cast<double>(check.weight_milli) / 1000,
                               check.vantage.substr(0, check.vantage.find('@')));
    describe_users(plan, out);
    out += "\n  Timeline\n";
    for (const auto& inject : plan.injects)
        out += inject_line(inject);
    describe_unapproved(plan, out);
    describe_stakes(plan, out);
    out += "\n  Order of work\n";
    int number = 0;
    for (const auto& step : steps_of(plan, t))
        out += fmt::format("    {}. {}: {}\n", ++number, step.what, step.why);
    out += fmt::format("\n  {} machines ({} containers, {} virtual), {} networks, {} checks, {} actions, {} messages\n"
                       "  {} MiB of memory, {} MiB of disk; ready in about {}\n",
                       t.containers + t.vms, t.containers, t.vms, plan.segments.size(), plan.checks.size(), t.actions,
                       t.messages, t.memory_mib, t.disk_mib, roughly(t.seconds));
    return out;
}

json::object describe_json(const Plan& plan) {
    const auto t = totals_of(plan);
    json::array steps;
    for (const auto& step : steps_of(plan, t))
        steps.push_back(json::object{{"what", json::string(step.what)}, {"why", json::string(step.why)}});
    json::array unapproved;
    for (const auto& inject : plan.injects)
        if (!inject.approved)
            unapproved.push_back(
                json::object{{"inject", json::string(inject.id)}, {"approval", json::string(approval_of(inject))}});
    json::object images;
    for (const auto& [image, count] : t.images)
        images[image] = count;
    return {{"plan_hash", json::string(hash_of(plan))},
            {"totals", json::object{{"machines", t.containers + t.vms},
                                    {"containers", t.containers},
                                    {"vms", t.vms},
                                    {"networks", plan.segments.size()},
                                    {"checks", plan.checks.size()},
                                    {"actions", t.actions},
                                    {"messages", t.messages},
                                    {"memory_mib", t.memory_mib},
                                    {"disk_mib", t.disk_mib},
                                    {"images", std::move(images)},
                                    {"estimated_seconds", t.seconds}}},
            {"scoring", to_json(category_stakes(plan))},
            {"objectives", to_json(objective_stakes(plan))},
            {"not_approved", std::move(unapproved)},
            {"steps", std::move(steps)},
            {"placement", to_json(place(plan).value_or(Placement{}))},
            {"plan", to_json(plan)}};
}

} // namespace testudo::plan
