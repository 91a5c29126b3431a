#pragma once
#include <vector>

#include "orchestrator/template/template.hpp"

namespace testudo::plan {

// The machines of a template with what they take over from their profiles: single keys that they do not have
// themselves, entries of `on`, `serves` and `users` by name, and the profile's `files`, `setup` and `starts` before
// their own.
std::vector<template_::MachineSpec> with_profiles(const template_::Template& source, template_::Diagnostics& out);

} // namespace testudo::plan
