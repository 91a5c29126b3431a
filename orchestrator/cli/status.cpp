#include <algorithm>

#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/range/goal.hpp"

namespace testudo::cli {
namespace {

struct MachineLine {
    const plan::Machine* machine;
    std::string state = "missing"; // or the hypervisor's word
    bool as_planned = false;
};

std::vector<MachineLine> compare(const plan::Plan& plan, const range::Goal& goal,
                                 const std::vector<range::Observed>& observed) {
    std::vector<MachineLine> lines;
    for (const auto& machine : plan.machines) {
        MachineLine line{&machine};
        const auto* wanted = goal.machine(machine.id);
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

json::value to_json(const std::string& exercise, const std::vector<MachineLine>& lines) {
    json::object machines;
    for (const auto& line : lines)
        machines[line.machine->id] = {
            {"state", line.state}, {"as_planned", line.as_planned}, {"domain", line.machine->domain}};
    return {{"exercise", exercise}, {"machines", std::move(machines)}};
}

void print(const std::string& exercise, const std::vector<MachineLine>& lines) {
    for (const auto& line : lines)
        fmt::print("{:<24} {:<10} {:<10} {}{}\n", line.machine->id,
                   line.machine->kind == plan::MachineKind::vm ? "vm" : "container", line.state,
                   line.machine->interfaces.empty() ? "" : line.machine->interfaces.front().ipv4,
                   line.as_planned || line.state == "missing" ? "" : "  (not as planned: `testudo up` makes it anew)");
    const auto good = std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.as_planned; });
    fmt::print("{}: {} of {} machines run as planned\n", exercise, good, lines.size());
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
    const auto lines = compare(exercise->plan, range::goal_of(exercise->plan, exercise->seed), *found);
    if (options.json)
        fmt::print("{}\n", json::serialize(to_json(exercise->plan.exercise, lines)));
    else
        print(exercise->plan.exercise, lines);
    return exit_ok;
}

} // namespace testudo::cli
