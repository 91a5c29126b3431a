#include "orchestrator/plan/counted.hpp"

#include <fmt/format.h>
#include <unordered_map>

namespace testudo::plan {

std::string name_of(const template_::MachineSpec& spec, int index) {
    return index == 0 ? spec.id.value : fmt::format("{}-{}", spec.id.value, index);
}

std::vector<Counted> counted(std::vector<template_::MachineSpec> machines, template_::Diagnostics& out) {
    std::unordered_map<std::string, Span> single;
    for (const auto& machine : machines)
        if (!machine.count.given())
            single.emplace(machine.id.value, machine.id.span);
    std::vector<Counted> all;
    all.reserve(machines.size());
    for (auto& machine : machines) {
        if (!machine.count.given()) {
            all.push_back({std::move(machine), 0});
            continue;
        }
        for (int index = 1; index <= machine.count.value; ++index) {
            auto one = machine;
            one.id.value = name_of(machine, index);
            if (const auto other = single.find(one.id.value); other != single.end()) {
                auto& d = template_::error(
                    out, "T1101", machine.count.span,
                    fmt::format("one of these would be called `{}`, as another machine is", one.id.value));
                d.related.push_back({other->second, "the other one"});
            }
            all.push_back({std::move(one), index});
        }
    }
    return all;
}

} // namespace testudo::plan
