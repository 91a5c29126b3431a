#pragma once
#include <chrono>
#include <functional>
#include <libvirt/libvirt.h>
#include <string>

#include "orchestrator/core/error.hpp"

namespace testudo::libvirt {

// Speaks to the agent of a golden machine from the thread that makes it: waits until the machine has booted and lets
// its agent settle it (docs/agent-protocol.md, `settle`). `go_on` is asked now and then, and ends it by
// saying no.
Result<void> settle_golden_machine(virConnectPtr connection, virDomainPtr domain, const std::string& secret,
                                   const std::string& machine, std::chrono::seconds patience,
                                   const std::function<bool()>& go_on);

} // namespace testudo::libvirt
