#pragma once
#include <vector>

#include "orchestrator/template/report.hpp"
#include "orchestrator/template/template.hpp"

namespace testudo::plan {

struct Counted {
    template_::MachineSpec spec;
    int index = 0; // from 1 where there is a `count`, else 0
};

// A machine with `count` becomes that many: NAME-1, NAME-2, ...
std::vector<Counted> counted(std::vector<template_::MachineSpec> machines, template_::Diagnostics& out);

// "portal-2"
std::string name_of(const template_::MachineSpec& spec, int index);

} // namespace testudo::plan
