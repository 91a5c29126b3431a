#include <chrono>
#include <fstream>
#include <thread>

#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/cli/served.hpp"
#include "orchestrator/core/clock.hpp"
#include "orchestrator/daemon/outside.hpp"
#include "orchestrator/daemon/signals.hpp"
#include "orchestrator/isolation/inspection.hpp"
#include "orchestrator/range/range.hpp"

namespace testudo::cli {
namespace {

constexpr std::chrono::milliseconds look_period{200};
constexpr std::chrono::minutes longest_check{5};
constexpr Millis patience{30'000}; // for the agents of a range that nobody serves

// Nobody serves the exercise, so there is no log to tell.
Result<json::object> check_range(const IsolationOptions& options, const Provisioned& exercise) {
    RealLoop loop;
    const daemon::StopOnSignal signals(loop, [&loop](int) { loop.stop(); });
    const auto hypervisor = daemon::connect(loop, host_of(options.place, exercise.folder));
    if (!hypervisor)
        return tl::unexpected(hypervisor.error());
    const auto journal = range::Journal::open(exercise.folder.journal(), loop.clock());
    if (!journal)
        return tl::unexpected(journal.error());
    range::Range range(loop, **hypervisor, **journal, exercise.plan, exercise.seed, {}, exercise.placement);
    Result<json::object> outcome = fail("range.interrupted", exercise.plan.exercise, "the check was broken off");
    const auto finish = [&](Result<json::object> result) {
        outcome = std::move(result);
        loop.stop();
    };
    const auto inspect = [&] {
        isolation::inspect(range.guests(), exercise.plan, daemon::outside_of_range(0),
                           [&](const isolation::Report& report) { finish(isolation::to_json(report)); });
    };
    std::size_t waiting = 0;
    range.attach([&](Result<std::vector<range::Range::MachineStatus>> missing) {
        if (!missing)
            return finish(tl::unexpected(missing.error()));
        waiting = exercise.plan.machines.size();
        // One that does not come is found out by its own probes.
        for (const auto& machine : exercise.plan.machines)
            range.guests().await(machine.id, patience, [&](const Result<void>&) {
                if (--waiting == 0)
                    inspect();
            });
    });
    loop.run();
    return outcome;
}

Result<json::object> newest(const Served& controller) {
    const auto text = controller.get("/api/v1/range/isolation");
    if (!text)
        return tl::unexpected(text.error());
    const auto document = parse_json(*text);
    if (!document || !document->is_object())
        return fail("controller.answer", "isolation", "is no JSON document");
    return document->get_object();
}

Result<json::object> check_served(const Served& controller) {
    const auto before = newest(controller);
    if (!before)
        return before;
    if (const auto begun = controller.post("/api/v1/range/isolation", {}); !begun)
        return tl::unexpected(begun.error());
    const RealClock clock;
    const auto until = clock.steady() + longest_check;
    while (clock.steady() < until) {
        std::this_thread::sleep_for(look_period);
        const auto now = newest(controller);
        if (!now || int_or(*now, "seq") != int_or(*before, "seq"))
            return now;
    }
    return fail("isolation.timeout", "", "the controller has not ended its check after five minutes");
}

} // namespace

int isolation(const IsolationOptions& options) {
    const auto exercise = provisioned(options.place, options.exercise);
    if (!exercise)
        return complain(exercise.error());
    const auto controller = Served::find(exercise->folder);
    const auto report = controller ? check_served(*controller) : check_range(options, *exercise);
    if (!report)
        return complain(report.error());
    if (!options.html.empty()) {
        std::ofstream file(options.html);
        file << isolation::as_page(*report, exercise->plan.exercise, exercise->plan.label);
        file.close();
        if (!file)
            return complain(Error("file.write", options.html, "cannot be written"));
    }
    if (options.json)
        fmt::print("{}\n", json::serialize(*report));
    else
        fmt::print("{}", isolation::as_text(*report, exercise->plan.exercise));
    return int_or(*report, "leaks") + int_or(*report, "blocked") + int_or(*report, "unknown") == 0 ? exit_ok
                                                                                                   : exit_failed;
}

} // namespace testudo::cli
