#include <algorithm>

#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/planned.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/doctor/judge.hpp"

namespace testudo::cli {
namespace {

const char* word(doctor::Level level) {
    return level == doctor::Level::pass ? "pass" : level == doctor::Level::warn ? "warn" : "block";
}

std::string count_of(const std::vector<doctor::Judgement>& all, doctor::Level level) {
    return std::to_string(std::count_if(all.begin(), all.end(), [level](const auto& j) { return j.level == level; }));
}

json::value to_json(const std::vector<doctor::Judgement>& all, bool blocked) {
    json::array checks;
    for (const auto& one : all)
        checks.push_back(
            {{"check", one.check}, {"level", word(one.level)}, {"text", one.text}, {"remedy", one.remedy}});
    return {{"can_run", !blocked}, {"checks", std::move(checks)}};
}

} // namespace

int doctor(const DoctorOptions& options) {
    std::optional<plan::Plan> plan;
    if (!options.file.empty()) {
        auto planned = plan_template(options.file);
        print_diagnostics(planned.diagnostics);
        if (!planned.plan)
            return exit_template;
        plan = std::move(planned.plan);
    }
    const doctor::Where where{options.place.state, images_of(options.place), options.place.host, options.place.connect,
                              options.port,        options.port_chosen};
    const auto facts = doctor::gather(where, plan, RealClock());
    const auto all = doctor::judge(facts, plan ? doctor::needs_of(*plan) : doctor::Needs{}, where);
    const bool blocked =
        std::any_of(all.begin(), all.end(), [](const auto& one) { return one.level == doctor::Level::block; });
    if (options.json) {
        fmt::print("{}\n", json::serialize(to_json(all, blocked)));
        return blocked ? exit_failed : exit_ok;
    }
    for (const auto& one : all) {
        fmt::print("{:<5}  {:<12} {}\n", word(one.level), one.check, one.text);
        if (!one.remedy.empty())
            fmt::print("{:20}-> {}\n", "", one.remedy);
    }
    fmt::print("{} passed, {} to mind, {} in the way: this machine {}{}\n", count_of(all, doctor::Level::pass),
               count_of(all, doctor::Level::warn), count_of(all, doctor::Level::block),
               blocked ? "cannot run " : "can run ", plan ? plan->exercise : "exercises");
    return blocked ? exit_failed : exit_ok;
}

} // namespace testudo::cli
