#include "orchestrator/cli/on_range.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/cli/served.hpp"
#include "orchestrator/core/clock.hpp"
#include "orchestrator/range/selection.hpp"

namespace testudo::cli {
namespace {

void print_list(const std::string& exercise, const json::array& snapshots) {
    if (snapshots.empty())
        fmt::print("{}: nothing was kept; `testudo snapshot {} NAME --team TEAM` keeps machines as they are\n",
                   exercise, exercise);
    for (const auto& snapshot : snapshots) {
        fmt::print("{}\n", text_or(snapshot.get_object(), "name"));
        for (const auto& value : array_or_empty(snapshot.get_object(), "machines")) {
            const auto& machine = value.get_object();
            const auto bytes = int_or(machine, "bytes");
            fmt::print("  {:<30} {}  {}\n", text_or(machine, "machine"), text_or(machine, "at"),
                       bytes == 0 ? "memory and disk" : fmt::format("{} kB of files", (bytes + 999) / 1000));
        }
    }
}

// What was not kept, with the reason.
Result<std::vector<std::string>> keep_served(const SnapshotOptions& options, const Served& controller) {
    json::object body{{"name", options.name}};
    body[options.team.empty() ? "machine" : "team"] = options.team.empty() ? options.machine : options.team;
    if (const auto begun = controller.post("/api/v1/range/snapshots", body); !begun)
        return tl::unexpected(begun.error());
    const auto rest = controller.range_at_rest();
    if (!rest)
        return tl::unexpected(rest.error());
    std::vector<std::string> failures;
    for (const auto& failure : array_or_empty(*rest, "failures"))
        failures.emplace_back(failure.get_string());
    return failures;
}

Result<std::vector<std::string>> keep_unserved(const SnapshotOptions& options, const Provisioned& exercise,
                                               const std::set<std::string>& machines,
                                               const range::Snapshots& snapshots) {
    const auto outcome =
        on_range(options.place, exercise, "not all machines were kept: run `testudo snapshot` again",
                 [&](range::Range& range, range::OnProgress progress, range::Range::Done done) {
                     range.keep(machines, options.name, snapshots, std::move(progress), std::move(done));
                 });
    if (!outcome)
        return tl::unexpected(outcome.error());
    std::vector<std::string> failures;
    for (const auto& failure : outcome->failures)
        failures.push_back(failure.step.object + ": " + failure.error.text());
    return failures;
}

} // namespace

int snapshot(const SnapshotOptions& options) {
    const auto exercise = provisioned(options.place, options.exercise);
    if (!exercise)
        return complain(exercise.error());
    const range::Snapshots snapshots(exercise->folder.snapshots());
    const auto& name = exercise->plan.exercise;
    if (options.name.empty()) {
        if (options.json)
            fmt::print("{}\n", json::serialize(json::value{{"exercise", name}, {"snapshots", snapshots.to_json()}}));
        else
            print_list(name, snapshots.to_json());
        return exit_ok;
    }
    if (options.team.empty() == options.machine.empty()) {
        complain(Error("snapshot.which", options.name, "say whose machines: exactly one of --team and --machine"));
        return exit_usage;
    }
    const auto machines = range::machines_meant(exercise->plan, options.team, options.machine);
    if (!machines)
        return complain(machines.error());
    const RealClock clock;
    const auto begun = clock.steady();
    const auto controller = Served::find(exercise->folder);
    const auto failures =
        controller ? keep_served(options, *controller) : keep_unserved(options, *exercise, *machines, snapshots);
    if (!failures)
        return complain(failures.error());
    for (const auto& failure : *failures)
        fmt::print(stderr, "testudo: {}\n", failure);
    if (!failures->empty())
        return exit_failed;
    const auto took = clock.steady() - begun;
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"exercise", name},
                                                       {"snapshot", options.name},
                                                       {"machines", json::value_from(*machines)},
                                                       {"took_ms", took.count()}}));
    else
        fmt::print("{}: {} kept as {} after {:.1f} s\n", name,
                   machines->size() == 1 ? *machines->begin() : fmt::format("{} machines", machines->size()),
                   options.name, static_cast<double>(took.count()) / 1000);
    return exit_ok;
}

} // namespace testudo::cli
