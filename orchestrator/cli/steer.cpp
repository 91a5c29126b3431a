#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/cli/served.hpp"

namespace testudo::cli {

int steer(const SteerOptions& options) {
    const auto folder = existing(options.place, options.exercise);
    if (!folder)
        return complain(folder.error());
    const auto controller = Served::find(*folder);
    if (!controller)
        return complain(controller.error());

    json::object body;
    if (!options.reason.empty())
        body["reason"] = options.reason;
    if (!options.team.empty())
        body["team"] = options.team;
    const auto answer =
        controller->post(options.inject.empty() ? "/api/v1/exercise/" + options.act
                                                : "/api/v1/injects/" + options.inject + "/" + options.act,
                         body);
    if (!answer)
        return complain(answer.error());
    if (options.json)
        fmt::print("{}\n", *answer);
    else
        fmt::print("{}: {} {}\n", folder->name(), options.act, options.inject.empty() ? "done" : options.inject);
    return exit_ok;
}

} // namespace testudo::cli
