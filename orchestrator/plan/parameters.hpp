#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {

// A detail of a check or an action: its word in the template, its name in docs/agent-protocol.md, and what it holds.
struct Parameter {
    enum class Kind { text, number, duration, texts, numbers, machine };
    std::string_view word;
    std::string_view name;
    Kind kind = Kind::text;
    bool required = false;
    std::string_view doc;
};
using Parameters = std::vector<Parameter>;

// What `ask` and `expect` of a check of that type may hold.
const Parameters& asked(std::string_view check_type);
const Parameters& expected(std::string_view check_type);

struct Action {
    std::string_view name;
    // Runs on the attacked machine itself, as a planted implant would; else on the machine named by `by`.
    bool on_target = true;
    bool has_effect = false;
    bool idempotent = false;
    std::string_view protocol; // that the attacker speaks to the target; "" if none
    Parameters with;
};
// Null for a word that is no action.
const Action* find_action(std::string_view name);
// How long an act with these params may be at work at most; 0 for what is done at once.
Millis longest_work(std::string_view action, const json::object& params);

// Reads what is given into the params of the agent's protocol, all expressions evaluated. `where` is pointed at when a
// required one is missing. A machine becomes its address of that family.
void read_parameters(const std::vector<template_::ParameterSpec>& given, const Parameters& known, std::string_view of,
                     const template_::Scope& scope, bool v6, const Span& where, Draft& draft, json::object& params);

} // namespace testudo::plan
