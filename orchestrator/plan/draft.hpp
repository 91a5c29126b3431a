#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "orchestrator/plan/address.hpp"
#include "orchestrator/plan/counted.hpp"
#include "orchestrator/plan/plan.hpp"
#include "orchestrator/template/expression.hpp"
#include "orchestrator/template/template.hpp"

// A plan in the making: what the passes of the planner (teams, segments, machines, routes, rules, checks, timeline)
// know of each other. Indices are into the plan's own vectors.
namespace testudo::plan {

using template_::Diagnostics;

struct PoolDraft {
    std::string name;
    std::int64_t first = 0;
    std::int64_t last = 0;
};

struct SegmentDraft {
    std::optional<Prefix> ipv4;
    std::optional<Prefix> ipv6;
    std::vector<std::size_t> routers;  // machines that forward and stand on it
    std::vector<std::size_t> vantages; // machines of that role on it
    std::set<std::int64_t> kept;       // numbers that pools do not give out any more
    const std::optional<Prefix>& family(bool v6) const { return v6 ? ipv6 : ipv4; }
};

struct InterfaceDraft {
    std::size_t segment = 0;
    std::optional<Address> ipv4;
    std::optional<Address> ipv6;
    const std::optional<Address>& family(bool v6) const { return v6 ? ipv6 : ipv4; }
};

struct MachineDraft {
    const template_::MachineSpec* spec = nullptr;
    std::string
        copy_of;   // the team that it was copied for, "" for a shared machine; a vantage of a team belongs to white
    int index = 0; // of those with `count`, from 1; else 0
    std::vector<InterfaceDraft> interfaces;
    std::set<std::string> reach;
};

// A rule of one router with its ends resolved.
struct RuleDraft {
    bool allow = true;
    std::vector<Prefix> sources;
    std::vector<Prefix> destinations;
    std::string protocol; // "tcp", "udp", "dns" (both, port 53), "icmp", "" = any
    int first_port = 0;
    int last_port = 0;
    std::string text;
    bool operator==(const RuleDraft&) const = default;
};

struct RouterDraft {
    std::vector<RuleDraft> forward;
    std::vector<RuleDraft> input; // to the router itself
};

struct Draft {
    Draft(const template_::Template& source_, Diagnostics& out_) : source(source_), out(out_) {}

    const template_::Template& source;
    Diagnostics& out;
    Plan plan;

    std::vector<std::string> blue; // ids, in order
    std::vector<SegmentDraft> segments;
    std::vector<MachineDraft> machines;
    std::map<std::size_t, RouterDraft> routers;
    std::unordered_map<std::string, std::size_t> segment_at; // by id
    std::unordered_map<std::string, std::size_t> machine_at;
    std::unordered_map<std::string, const template_::NetworkSpec*> networks; // by name
    std::unordered_map<std::string, std::vector<PoolDraft>> pools;           // by network; of those that have some
    std::vector<std::string> check_names;                                    // also of those that are wrong
    std::vector<Counted> merged; // machines with their profiles, one for each of `count`
    std::unordered_map<std::string, const template_::MachineSpec*> machine_specs;
    std::unordered_map<std::string, std::vector<std::string>> counted; // names with `count`, to those of its machines

    // What a name means to a team: its own copy, or the shared one. `team` may be "".
    std::optional<std::size_t> segment_of(const std::string& name, const std::string& team) const;
    std::optional<std::size_t> machine_of(const std::string& name, const std::string& team) const;
    // All that a name means: those of a name with `count`, else the one machine; empty if there is none.
    std::vector<std::size_t> machines_of(const std::string& name, const std::string& team) const;
    std::vector<std::string> network_names() const;
    std::vector<std::string> machine_names() const;
};

inline std::string id_of(const std::string& name, const std::string& team) {
    return team.empty() ? name : name + "@" + team;
}

// What names mean in the texts of one team, of the reference copy, or of what is shared.
class PlanScope final : public template_::Scope {
  public:
    static PlanScope shared(const Draft& draft) { return {draft, "", 0}; }
    static PlanScope of_team(const Draft& draft, const std::string& team);
    // Reference twins are asked the same questions as a team numbered 0.
    static PlanScope reference(const Draft& draft) { return {draft, "reference", 0}; }
    // Of what is written on a machine.
    static PlanScope of_machine(const Draft& draft, const MachineDraft& machine);

    // The same where passwords of the team's own may be written: what is kept from people and from the log.
    PlanScope with_secrets() const;
    // The same with one more name: `index` of a machine with `count`.
    PlanScope with(std::string name, template_::Value value) const;

    std::optional<template_::Value> find(const std::string& name) const override;
    std::vector<std::string> names() const override;
    std::string why_not(const std::string& name) const override;

  private:
    PlanScope(const Draft& draft, std::string team, int number)
        : draft_(draft), team_(std::move(team)), number_(number) {}

    const Draft& draft_;
    std::string team_;
    int number_;
    bool secrets_ = false;
    std::map<std::string, template_::Value> more_;
};

// The text with its expressions evaluated, or nothing; a text that was not given stays nothing and is no error.
std::optional<std::string> expanded(const template_::Text& text, const template_::Scope& scope, Draft& draft);

// The title of what is one for all, with its expressions evaluated, or `instead` where none is given.
std::string title_or(const template_::Text& title, std::string instead, Draft& draft);

// Reports names that are defined twice among `all`, which have members `id`.
template <class T> void refuse_doubles(const std::vector<T>& all, std::string_view what, Diagnostics& out) {
    std::unordered_map<std::string, Span> seen;
    for (const auto& one : all) {
        if (!one.id.given())
            continue;
        const auto [old, fresh] = seen.emplace(one.id.value, one.id.span);
        if (fresh)
            continue;
        auto& d = template_::error(out, "T0213", one.id.span,
                                   "there are two " + std::string(what) + " called `" + one.id.value + "`");
        d.related.push_back({old->second, "the first one"});
    }
}

// The passes, in their order.
void plan_groups(Draft& draft);
void plan_teams(Draft& draft);
void plan_segments(Draft& draft);
void plan_machines(Draft& draft);
void plan_routes(Draft& draft);
void plan_rules(Draft& draft);
void plan_checks(Draft& draft);
void plan_phases(Draft& draft);
void plan_timeline(Draft& draft);
void plan_scoring(Draft& draft);
// Who may know of which machine and open its console.
void plan_sight(Draft& draft);
// Which machines wait for which.
void plan_needs(Draft& draft);
// Who may see what.
void plan_labels(Draft& draft);
// Whether the hosts carry all machines.
void plan_hosts(Draft& draft);
// Texts on machines are written last, when every address is known.
void plan_contents(Draft& draft);

} // namespace testudo::plan
