
#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/daemon/live_exercise.hpp"
#include "orchestrator/daemon/signals.hpp"

namespace testudo::cli {

int serve(const ServeOptions& options) {
    auto exercise = provisioned(options.place, options.exercise);
    if (!exercise)
        return complain(exercise.error());
    RealLoop loop;
    const daemon::StopOnSignal signals(loop, [&loop](int) { loop.stop(); });
    daemon::LiveOptions live;
    live.address = options.address;
    live.port = options.port;
    live.ui = options.ui;
    live.links = options.links;
    live.start = options.start;
    live.program = TESTUDO_VERSION;
    const auto name = exercise->plan.exercise;
    auto opened = daemon::LiveExercise::open(loop, exercise->folder, host_of(options.place, exercise->folder),
                                             std::move(exercise->plan), exercise->seed, live);
    if (!opened)
        return complain(opened.error());
    fmt::print("{} is served at http://{}:{}/\n", name, options.address, (*opened)->port());
    if (options.links.empty())
        fmt::print("Sign-in links are written with --links FILE.\n");
    std::fflush(stdout);
    loop.run();
    opened->reset();
    fmt::print("The controller has ended and the exercise stands still; the range and its machines stay. Go on with "
               "`testudo serve {}`.\n",
               name);
    return exit_ok;
}

} // namespace testudo::cli
