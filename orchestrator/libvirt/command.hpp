#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/core/error.hpp"

namespace testudo::libvirt {

// Runs a program to its end, without a shell, and blocks; `input` is what it reads. If it fails, the error holds what
// it wrote to standard error.
Result<void> run_command(const std::vector<std::string>& words, std::string_view input = "");

} // namespace testudo::libvirt
