// The program inside of every machine of a range; see docs/agent-protocol.md.

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <optional>
#include <sodium.h>
#include <unistd.h>

#include "agents/agent/agent.hpp"
#include "agents/agent/container_init.hpp"
#include "agents/agent/settings.hpp"

namespace {

using namespace testudo::agents;

// So that no file of ours ever gets one of these numbers.
void open_standard_streams() {
    int fd = 0;
    do
        fd = ::open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        ::close(fd);
}

int complain(const testudo::Error& error) {
    std::fprintf(stderr, "testudo-agent: %s\n", error.text().c_str());
    return 1;
}

int run(const std::vector<std::string>& arguments) {
    const auto settings = read_settings(arguments);
    if (!settings)
        return complain(settings.error());
    if (settings->init) {
        if (const auto entered = enter_writable_root(); !entered)
            return complain(entered.error());
        if (const auto given_up = give_up_capabilities(); !given_up)
            return complain(given_up.error());
    }
    if (sodium_init() < 0)
        return complain(testudo::Error("init.failed", "", "no source of random numbers"));
    boost::asio::io_context io(1);
    Commands commands(io);
    Agent agent(io, commands, *settings);
    std::optional<ConsoleLogin> login;
    if (settings->init)
        login.emplace(io, commands).start();
    // As PID 1 this ends the container: the kernel takes everything else with it.
    boost::asio::signal_set ending(io, SIGTERM, SIGINT);
    ending.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
    agent.start();
    io.run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    open_standard_streams();
    ::signal(SIGPIPE, SIG_IGN);
    try {
        return run({argv + 1, argv + argc});
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "testudo-agent: %s\n", problem.what());
        return 1;
    }
}
