#pragma once
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {

// The nation's code that is meant, or nothing after a complaint. A code of other lists is told and noted in the plan.
std::optional<std::string> nation_of(const template_::Text& text, Draft& draft);

// The nations of a list that may name groups too, each once.
std::vector<std::string> nations_of(const std::vector<template_::Text>& texts, Draft& draft);

const Group* find_group(const Plan& plan, std::string_view id);

} // namespace testudo::plan
