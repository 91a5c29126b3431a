#include "orchestrator/plan/draft.hpp"

#include <fmt/format.h>

#include "orchestrator/plan/secrets.hpp"
#include "orchestrator/template/words.hpp"

namespace testudo::plan {
namespace {

// The nation of the reference copy; one of those that the standard leaves to its users.
const std::string no_nation = "XXX";

// "secret.database"
constexpr std::string_view secret = "secret.";

bool is_secret(std::string_view name) {
    return name.starts_with(secret) && template_::is_name(name.substr(secret.size()), 24);
}

} // namespace

std::optional<std::size_t> Draft::segment_of(const std::string& name, const std::string& team) const {
    if (const auto own = segment_at.find(id_of(name, team)); own != segment_at.end())
        return own->second;
    if (const auto shared = segment_at.find(name); shared != segment_at.end())
        return shared->second;
    return std::nullopt;
}

std::optional<std::size_t> Draft::machine_of(const std::string& name, const std::string& team) const {
    if (const auto own = machine_at.find(id_of(name, team)); own != machine_at.end())
        return own->second;
    if (const auto shared = machine_at.find(name); shared != machine_at.end())
        return shared->second;
    return std::nullopt;
}

std::vector<std::size_t> Draft::machines_of(const std::string& name, const std::string& team) const {
    std::vector<std::size_t> all;
    if (const auto many = counted.find(name); many != counted.end()) {
        for (const auto& one : many->second)
            if (const auto machine = machine_of(one, team))
                all.push_back(*machine);
    } else if (const auto machine = machine_of(name, team)) {
        all.push_back(*machine);
    }
    return all;
}

std::vector<std::string> Draft::network_names() const {
    std::vector<std::string> names;
    for (const auto& network : source.networks)
        names.push_back(network.id.value);
    return names;
}

std::vector<std::string> Draft::machine_names() const {
    std::vector<std::string> names;
    for (const auto& one : merged)
        names.push_back(one.spec.id.value);
    if (!names.empty())
        return names;
    for (const auto& machine : source.machines)
        if (!machine.count.given())
            names.push_back(machine.id.value);
        else
            for (int index = 1; index <= machine.count.value; ++index)
                names.push_back(name_of(machine, index));
    return names;
}

PlanScope PlanScope::of_team(const Draft& draft, const std::string& team) {
    const auto* found = find_team(draft.plan, team);
    return {draft, team, found ? found->number : 0};
}

PlanScope PlanScope::of_machine(const Draft& draft, const MachineDraft& machine) {
    const auto scope = !machine.copy_of.empty()                  ? of_team(draft, machine.copy_of)
                       : machine.spec->role.value == "reference" ? reference(draft)
                                                                 : shared(draft);
    return machine.index == 0 ? scope : scope.with("index", std::int64_t{machine.index});
}

PlanScope PlanScope::with_secrets() const {
    auto scope = *this;
    scope.secrets_ = true;
    return scope;
}

PlanScope PlanScope::with(std::string name, template_::Value value) const {
    auto scope = *this;
    scope.more_.insert_or_assign(std::move(name), std::move(value));
    return scope;
}

std::optional<template_::Value> PlanScope::find(const std::string& name) const {
    if (const auto known = more_.find(name); known != more_.end())
        return known->second;
    if (!team_.empty()) {
        if (name == "team.number")
            return std::int64_t{number_};
        if (name == "team.id")
            return team_;
        if (name == "team.title") {
            const auto* team = find_team(draft_.plan, team_);
            return team ? team->title : "Reference";
        }
        if (name == "nation") {
            const auto* team = find_team(draft_.plan, team_);
            return team && !team->nations.empty() ? team->nations.front() : no_nation;
        }
    }
    if (name == "exercise.id")
        return draft_.plan.exercise;
    if (name == "exercise.title")
        return draft_.plan.title;
    if (is_secret(name)) {
        // The reference copy is the white team's, as everything that is shared.
        const auto& owner = team_.empty() || team_ == "reference" ? std::string("white") : team_;
        return secrets_ ? std::optional(placeholder(owner + "/" + name.substr(secret.size()))) : std::nullopt;
    }
    const auto dot = name.rfind('.');
    if (dot == std::string::npos)
        return std::nullopt;
    const auto what = name.substr(dot + 1);
    const auto machine = draft_.machine_of(name.substr(0, dot), team_);
    if (!machine || (what != "ipv4" && what != "ipv6"))
        return std::nullopt;
    for (const auto& interface : draft_.machines[*machine].interfaces)
        if (const auto& address = interface.family(what == "ipv6"))
            return to_text(*address);
    return std::nullopt;
}

std::vector<std::string> PlanScope::names() const {
    std::vector<std::string> out{"exercise.id", "exercise.title"};
    if (!team_.empty())
        out.insert(out.end(), {"team.number", "team.id", "team.title", "nation"});
    for (const auto& [name, value] : more_)
        out.push_back(name);
    for (const auto& name : draft_.machine_names())
        out.insert(out.end(), {name + ".ipv4", name + ".ipv6"});
    return out;
}

std::string PlanScope::why_not(const std::string& name) const {
    if (is_secret(name))
        return fmt::format(
            "`{}` has no meaning here: passwords are for files, users and setup lines of machines, and for "
            "checks",
            name);
    if (name == "index")
        return "`index` has no meaning here: only machines with `count` have one";
    if (team_.empty() && (name == "nation" || name.starts_with("team.")))
        return fmt::format("`{}` has no meaning here: this is one for all teams", name);
    const auto dot = name.rfind('.');
    const auto machine = name.substr(0, dot);
    const auto* spec = draft_.machine_specs.contains(machine) ? draft_.machine_specs.at(machine) : nullptr;
    if (dot != std::string::npos && spec && team_.empty() && spec->per.given())
        return fmt::format("`{}` has no meaning here: every team has a `{}` of its own", name, machine);
    return "";
}

std::optional<std::string> expanded(const template_::Text& text, const template_::Scope& scope, Draft& draft) {
    if (!text.given())
        return std::nullopt;
    return template_::expand(text, scope, draft.out);
}

std::string title_or(const template_::Text& title, std::string instead, Draft& draft) {
    if (!title.given())
        return instead;
    return expanded(title, PlanScope::shared(draft), draft).value_or(title.value);
}

} // namespace testudo::plan
