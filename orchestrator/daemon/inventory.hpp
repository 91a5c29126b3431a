#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/core/json.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::daemon {

// Where a host of the plan is found from this machine.
struct HostAddress {
    std::string id;                   // plan::Host::id
    std::filesystem::path range_host; // folder of a private range host, or
    std::string connect;              // a libvirt URI
    std::string underlay;             // its address for the other hosts; "" if it has none
};
using Inventory = std::vector<HostAddress>;

// {"alpha": {"private": DIR or "connect": URI, "underlay": ADDRESS}, ...}, for all hosts of the plan and no others.
// "inventory.*" says what is wrong with the file.
Result<Inventory> read_inventory(const std::filesystem::path& file, const plan::Plan& plan);

// As an exercise's folder keeps it.
json::object to_json(const Inventory& inventory);
Inventory inventory_from_json(const json::object& object);

} // namespace testudo::daemon
