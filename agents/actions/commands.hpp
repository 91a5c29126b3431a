#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orchestrator/core/clock.hpp"

namespace testudo::agents {

struct Command {
    std::vector<std::string> argv;                                // argv[0] is looked for in the usual folders
    std::string input;                                            // its standard input
    std::vector<std::pair<std::string, std::string>> environment; // besides PATH, HOME and LANG
    Millis timeout{30'000};                                       // then its whole process group is killed
};

struct CommandResult {
    int status = -1; // exit status; 128 + signal if it was killed; 127 if it could not be started
    bool timed_out = false;
    std::string output; // standard output and error, the first part of it
    bool good() const { return status == 0; }
};

// Starts programs without waiting for them, and is the only one that reaps: as PID 1 it meets orphans of others as
// well. A finished program's output is taken when it exits, not when its pipe closes: a service goes on holding its
// output.
class Commands {
  public:
    explicit Commands(boost::asio::io_context& io);
    ~Commands();
    Commands(const Commands&) = delete;
    Commands& operator=(const Commands&) = delete;

    // `done` comes from the reactor, once.
    void run(Command command, std::function<void(CommandResult)> done);
    // A program with the terminal as its own (a login). It gets no output file and no timeout.
    void run_on_terminal(const std::string& terminal, const std::vector<std::string>& argv, std::function<void()> done);

  private:
    struct Child {
        std::function<void(CommandResult)> done;
        int output = -1;
        bool timed_out = false;
        std::unique_ptr<boost::asio::steady_timer> timer;
    };

    void watch();
    void reap();

    boost::asio::io_context& io_;
    boost::asio::signal_set signals_;
    std::map<int, Child> children_;
};

} // namespace testudo::agents
