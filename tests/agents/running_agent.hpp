#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <thread>

#include "agents/protocol/guest_session.hpp"
#include "tests/agents/pty_channel.hpp"

namespace testudo::agents {

// The real program, in namespaces of its own that end with it, spoken to over a pseudo terminal. Needs root.
class RunningAgent {
  public:
    static constexpr const char* machine = "portal@north";
    static bool possible();

    // `prepare` is a shell script that runs in the namespaces before the agent takes its shell's place; in it $AGENT
    // and $CHANNEL name the program and the terminal.
    RunningAgent(const std::string& prepare, const std::string& arguments);
    ~RunningAgent();

    bool connect(Millis patience = Millis(10'000));
    // What was written to $CONSOLE so far.
    std::string console();
    // Waits a while for it.
    bool console_shows(const std::string& text);
    void type(const std::string& text);
    Result<json::object> request(const std::string& op, json::object body, Millis timeout = Millis(20'000));

  private:
    // Runs the task on the loop's thread and waits for its end.
    void on_loop(const std::function<void()>& task);

    RealLoop loop_;
    Pty pty_;
    Pty console_;
    std::unique_ptr<GuestChannel> console_channel_;
    std::string console_text_;
    std::optional<GuestSession> session_;
    pid_t pid_ = -1;
    std::thread thread_;
};

} // namespace testudo::agents
