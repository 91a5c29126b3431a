#pragma once
#include <cstdio>
#include <fmt/format.h>
#include <string>

#include "orchestrator/cli/commands.hpp"
#include "orchestrator/core/error.hpp"

namespace testudo::cli {

// Says on standard error what could not be done; returns the exit code for it.
inline int complain(const Error& error) {
    fmt::print(stderr, "testudo: {}\n", error.text());
    return error.code == "range.interrupted" ? exit_interrupted : exit_failed;
}

} // namespace testudo::cli
