#include <chrono>
#include <thread>

#include "orchestrator/cli/on_range.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/cli/progress_line.hpp"
#include "orchestrator/cli/served.hpp"
#include "orchestrator/core/clock.hpp"
#include "orchestrator/range/selection.hpp"

namespace testudo::cli {
namespace {

constexpr std::chrono::milliseconds look_period{200};
constexpr std::chrono::minutes longest_reset{5};

using Machines = std::set<std::string>;

// Nobody serves the exercise, so there is no log to tell: the machines are made anew and that is all.
Result<range::Outcome> reset_range(const ResetOptions& options, const Provisioned& exercise, const Machines& machines) {
    return on_range(options.place, exercise, "not all machines are back: run `testudo reset` again",
                    [&](range::Range& range, range::OnProgress progress, range::Range::Done done) {
                        if (options.snapshot.empty())
                            range.reset(machines, std::move(progress), std::move(done));
                        else
                            range.roll_back(machines, options.snapshot, range::Snapshots(exercise.folder.snapshots()),
                                            std::move(progress), std::move(done));
                    });
}

// Lost ones, with the reason.
Result<std::vector<std::string>> await_machines(const Served& controller, const Machines& machines) {
    const RealClock clock;
    const auto until = clock.steady() + longest_reset;
    std::vector<std::string> lost;
    for (;;) {
        const auto view = controller.get("/api/v1/view");
        if (!view)
            return tl::unexpected(view.error());
        const auto document = parse_json(*view);
        if (!document)
            return tl::unexpected(document.error());
        const auto& all = object_or_empty(document->get_object(), "machines");
        std::string waiting;
        lost.clear();
        for (const auto& machine : machines) {
            const auto& now = object_or_empty(all, machine);
            const auto state = text_or(now, "state");
            if (state == "lost")
                lost.push_back(machine + ": " + text_or(now, "reason"));
            else if (state != "ready")
                waiting = machine;
        }
        if (waiting.empty())
            return lost;
        if (clock.steady() > until)
            return fail("reset.timeout", waiting, "is not ready after five minutes; `testudo status` tells more");
        std::this_thread::sleep_for(look_period);
    }
}

int reset_served(const ResetOptions& options, const Served& controller, const Machines& machines) {
    json::object body{{"requested", options.requested}};
    if (!options.team.empty())
        body["team"] = options.team;
    else
        body["machine"] = options.machine;
    if (!options.reason.empty())
        body["reason"] = options.reason;
    if (!options.snapshot.empty())
        body["to"] = options.snapshot;
    if (const auto begun = controller.post("/api/v1/range/reset", body); !begun)
        return complain(begun.error());
    if (const auto rest = controller.range_at_rest(); !rest)
        return complain(rest.error());
    const auto lost = await_machines(controller, machines);
    if (!lost)
        return complain(lost.error());
    for (const auto& one : *lost)
        fmt::print(stderr, "testudo: {}\n", one);
    return lost->empty() ? exit_ok : exit_failed;
}

} // namespace

int reset(const ResetOptions& options) {
    const auto exercise = provisioned(options.place, options.exercise);
    if (!exercise)
        return complain(exercise.error());
    const auto machines = range::machines_meant(exercise->plan, options.team, options.machine);
    if (!machines)
        return complain(machines.error());
    const RealClock clock;
    const auto begun = clock.steady();
    if (const auto controller = Served::find(exercise->folder)) {
        if (const auto code = reset_served(options, *controller, *machines); code != exit_ok)
            return code;
    } else {
        const auto outcome = reset_range(options, *exercise, *machines);
        if (!outcome)
            return complain(outcome.error());
        if (!outcome->ok()) {
            print_failures(*outcome, fmt::format("testudo reset {} {} {}", options.exercise,
                                                 options.team.empty() ? "--machine" : "--team",
                                                 options.team.empty() ? options.machine : options.team));
            return exit_failed;
        }
    }
    const auto took = clock.steady() - begun;
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"exercise", exercise->plan.exercise},
                                                       {"machines", json::value_from(*machines)},
                                                       {"took_ms", took.count()}}));
    else
        fmt::print("{}: {} {} and ready after {:.1f} s\n", exercise->plan.exercise,
                   machines->size() == 1 ? *machines->begin() : fmt::format("{} machines", machines->size()),
                   options.snapshot.empty() ? "made anew" : "put back to " + options.snapshot,
                   static_cast<double>(took.count()) / 1000);
    return exit_ok;
}

} // namespace testudo::cli
