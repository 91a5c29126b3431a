#pragma once
#include "tests/plan/sample_plan.hpp"

namespace testudo::plan {

// The least that has everything: one team's router, portal and (if asked for) full machine, and a vantage.
inline Plan small_plan(const std::string& exercise, bool with_vm) {
    auto plan = sample_plan();
    plan.exercise = exercise;
    plan.checks.clear();
    plan.injects.clear();
    std::erase_if(plan.segments, [](const Segment& segment) { return segment.team == "south"; });
    std::erase_if(plan.machines, [&](const Machine& machine) {
        return machine.team == "south" || machine.team == "red" || machine.role == "reference" ||
               (machine.kind == MachineKind::vm && !with_vm);
    });
    // Names of its own, so that several may live on one host.
    for (auto& segment : plan.segments) {
        const auto key = exercise + "/" + segment.id;
        segment.uuid = uuid_of("network/" + key);
        segment.network = "tst-" + exercise + "-" + segment.name;
        segment.bridge = "tb" + short_hash(key, 10);
    }
    for (auto& machine : plan.machines) {
        const auto key = exercise + "/" + machine.id;
        machine.uuid = uuid_of("machine/" + key);
        machine.domain = "tst-" + exercise + "-" + machine.name;
        for (auto& interface : machine.interfaces) {
            interface.device = "tv" + short_hash(key + "/" + interface.segment, 10);
            interface.mac = mac_of(key + "/" + interface.segment);
        }
        std::erase_if(machine.routes,
                      [](const Route& route) { return route.via == "198.18.0.12" || route.via == "2001:db8::12"; });
        if (machine.role == "vantage")
            machine.reach = {"198.18.0.0/24", "198.18.11.0/24", "2001:db8::/64", "2001:db8:11::/64"};
    }
    return plan;
}

} // namespace testudo::plan
