#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/error.hpp"

namespace testudo::libvirt {

// Runs a program in the network namespace of the libvirtd that a URI leads to, where the bridges are.
// "range.unsupported" for a libvirtd on another machine, "range.host" if nobody listens there, otherwise as
// run_command. Blocks.
Result<void> run_on_host(const std::string& uri, const std::vector<std::string>& words, std::string_view input = "");

} // namespace testudo::libvirt
