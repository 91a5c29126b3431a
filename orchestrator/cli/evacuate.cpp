#include <algorithm>

#include "orchestrator/cli/on_range.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/cli/progress_line.hpp"
#include "orchestrator/cli/served.hpp"
#include "orchestrator/core/diagnostic.hpp"

namespace testudo::cli {
namespace {

// {machine: {host, reason}} of those that move.
Result<json::object> evacuate_served(const EvacuateOptions& options, const Served& controller) {
    const auto answer = controller.post("/api/v1/range/evacuate", {{"host", options.host}});
    if (!answer)
        return tl::unexpected(answer.error());
    const auto moved = parse_json(*answer);
    if (!moved)
        return tl::unexpected(moved.error());
    if (const auto rest = controller.range_at_rest(); !rest)
        return tl::unexpected(rest.error());
    return object_or_empty(moved->get_object(), "moved");
}

Result<json::object> evacuate_range(const EvacuateOptions& options, Provisioned& exercise) {
    const auto before = daemon::placement_of(exercise.folder);
    const auto placed = daemon::place_machines(exercise.folder, exercise.plan, {options.host});
    if (!placed)
        return tl::unexpected(placed.error());
    exercise.placement = daemon::hosts_of(*placed);
    const auto outcome = on_range(options.place, exercise, "not all machines are up: run `testudo evacuate` again",
                                  [](range::Range& range, range::OnProgress progress, range::Range::Done done) {
                                      range.up({}, std::move(progress), std::move(done));
                                  });
    if (!outcome)
        return tl::unexpected(outcome.error());
    if (!outcome->ok()) {
        print_failures(*outcome, "testudo evacuate " + options.exercise + " --host " + options.host);
        return fail("range.failed", exercise.plan.exercise, "not all machines are up");
    }
    return plan::to_json(plan::moved(before, *placed));
}

} // namespace

int evacuate(const EvacuateOptions& options) {
    auto exercise = provisioned(options.place, options.exercise);
    if (!exercise)
        return complain(exercise.error());
    std::vector<std::string> known;
    for (const auto& host : exercise->plan.hosts)
        known.push_back(host.id);
    if (exercise->placement.empty())
        return complain(Error("host.unknown", exercise->plan.exercise, "runs on one host only"));
    if (std::find(known.begin(), known.end(), options.host) == known.end()) {
        const auto near = nearest(options.host, known);
        return complain(Error("host.unknown", options.host,
                              "there is no such host" + (near.empty() ? "" : "; did you mean " + near + "?")));
    }
    const auto controller = Served::find(exercise->folder);
    const auto moved = controller ? evacuate_served(options, *controller) : evacuate_range(options, *exercise);
    if (!moved)
        return complain(moved.error());
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"exercise", exercise->plan.exercise}, {"moved", *moved}}));
    else {
        for (const auto& [machine, placed] : plan::placement_from_json(*moved))
            fmt::print("{:<30} to {}: {}\n", machine, placed.host, placed.reason);
        fmt::print("{}: {} machines of {} are up elsewhere\n", exercise->plan.exercise, moved->size(), options.host);
    }
    return exit_ok;
}

} // namespace testudo::cli
