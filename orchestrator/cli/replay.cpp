#include "orchestrator/cli/print.hpp"
#include "orchestrator/daemon/replay_server.hpp"
#include "orchestrator/daemon/signals.hpp"

namespace testudo::cli {

int replay(const ReplayOptions& options) {
    RealLoop loop;
    const daemon::StopOnSignal signals(loop, [&loop](int) { loop.stop(); });
    const auto server =
        daemon::ReplayServer::open(loop, {options.file, options.address, options.port, options.ui, options.links});
    if (!server)
        return complain(server.error());
    fmt::print("{} can be replayed at {}\nCtrl-C ends it.\n", (*server)->exercise(), (*server)->link());
    std::fflush(stdout);
    loop.run();
    return exit_ok;
}

} // namespace testudo::cli
