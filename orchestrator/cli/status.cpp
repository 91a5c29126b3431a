#include <algorithm>

#include "orchestrator/cli/changes.hpp"
#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/range/goal.hpp"

namespace testudo::cli {
namespace {

struct MachineLine {
    const plan::Machine* machine;
    std::string state = "missing"; // or the hypervisor's word
    bool as_planned = false;
    std::string host = {}; // where there are several
};

std::vector<MachineLine> compare(const plan::Plan& plan, const range::Goal& goal,
                                 const std::vector<range::Observed>& observed, const range::LostHosts& lost) {
    std::vector<MachineLine> lines;
    for (const auto& machine : plan.machines) {
        MachineLine line{&machine};
        const auto* wanted = goal.machine(machine.id);
        if (wanted != nullptr)
            line.host = wanted->spec.host;
        if (lost.contains(line.host))
            line.state = "lost";
        for (const auto& object : observed)
            if (object.kind == range::ObjectKind::machine && object.mark.exercise == plan.exercise &&
                object.mark.object == machine.id) {
                line.state = object.state;
                line.as_planned = object.running && wanted != nullptr && object.mark.spec == wanted->spec.mark.spec;
            }
        lines.push_back(std::move(line));
    }
    return lines;
}

json::value document_of(const std::string& exercise, const std::vector<MachineLine>& lines,
                        const std::vector<range::Change>& drift) {
    json::object machines;
    for (const auto& line : lines)
        machines[line.machine->id] = {
            {"state", line.state}, {"as_planned", line.as_planned}, {"domain", line.machine->domain}};
    if (std::any_of(lines.begin(), lines.end(), [](const auto& line) { return !line.host.empty(); }))
        for (const auto& line : lines)
            machines[line.machine->id].as_object()["host"] = line.host;
    return {{"exercise", exercise}, {"machines", std::move(machines)}, {"drift", to_json(drift)}};
}

void print(const std::string& exercise, const std::vector<MachineLine>& lines,
           const std::vector<range::Change>& drift) {
    for (const auto& line : lines)
        fmt::print("{:<24} {:<10} {:<10} {}{}\n", line.machine->id,
                   line.machine->kind == plan::MachineKind::vm ? "vm" : "container", line.state,
                   line.machine->interfaces.empty() ? "" : line.machine->interfaces.front().ipv4,
                   line.host.empty() ? "" : "  on " + line.host);
    const auto good = std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.as_planned; });
    fmt::print("{}: {} of {} machines run as planned\n", exercise, good, lines.size());
    if (!drift.empty())
        fmt::print("What differs from the plan, and what `testudo up` would do about it:\n{}", text_of(drift));
}

} // namespace

int status(const ExerciseOptions& options) {
    const auto exercise = provisioned(options.place, options.exercise);
    if (!exercise)
        return complain(exercise.error());
    RealLoop loop;
    const auto hypervisor = daemon::connect(loop, host_of(options.place, exercise->folder));
    if (!hypervisor)
        return complain(hypervisor.error());
    // Without the journal, which is also the lock: looking must be possible while another process works on the range.
    Result<std::vector<range::Observed>> found;
    (*hypervisor)->list([&](Result<std::vector<range::Observed>> observed) {
        found = std::move(observed);
        loop.stop();
    });
    loop.run();
    if (!found)
        return complain(found.error());
    const auto goal = range::goal_of(exercise->plan, exercise->seed, exercise->placement);
    const auto lost = (*hypervisor)->lost();
    const auto lines = compare(exercise->plan, goal, *found, lost);
    const auto drift = range::changes_of(range::steps_up(goal, *found, lost));
    if (options.json)
        fmt::print("{}\n", json::serialize(document_of(exercise->plan.exercise, lines, drift)));
    else
        print(exercise->plan.exercise, lines, drift);
    return exit_ok;
}

} // namespace testudo::cli
