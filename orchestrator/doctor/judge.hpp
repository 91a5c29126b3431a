#pragma once
#include "orchestrator/doctor/facts.hpp"

namespace testudo::doctor {

enum class Level { pass, warn, block };

struct Judgement {
    std::string check; // stable: "memory"
    Level level = Level::pass;
    std::string text;   // what was found, with figures
    std::string remedy; // what to do; "" if it passes
};

std::vector<Judgement> judge(const Facts& facts, const Needs& needs, const Where& where);

} // namespace testudo::doctor
