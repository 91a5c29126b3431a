#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "orchestrator/plan/plan.hpp"

namespace testudo::rehearse {

// What a check sees of an effect that holds on a machine.
struct Symptom {
    std::string_view result; // of a probe: "fail", "wrong"
    std::string reason;
};

// A simulated machine knows as much of its services as the plan does:
//   stop-service    every check of the port of the service with that unit fails; a unit that no service of the machine
//                   names is taken to be behind its pages, all but the front page
//   deface          the check of that page, if it asks for a text
//   write-register  the check of that register, if it asks for another value
// Everything else is seen by no check.
std::optional<Symptom> symptom_of(const plan::Machine& machine, std::string_view action, const json::object& params,
                                  std::string_view check_type, int port, const json::object& asked);

} // namespace testudo::rehearse
