#include "tests/agents/running_agent.hpp"

#include <csignal>
#include <cstdlib>
#include <future>
#include <sys/wait.h>
#include <unistd.h>

namespace testudo::agents {
namespace {

const std::string secret(64, 'a');

} // namespace

bool RunningAgent::possible() {
    return ::geteuid() == 0 && std::system("unshare -m -n -u -i -p --fork true 2>/dev/null") == 0;
}

RunningAgent::RunningAgent(const std::string& prepare, const std::string& arguments) {
    const auto script = "set -e\n" + prepare + "\nexec \"$AGENT\" " + arguments + "\n";
    pid_ = ::fork();
    if (pid_ == 0) {
        ::setenv("AGENT", TESTUDO_AGENT, 1);
        ::setenv("CHANNEL", pty_.slave().c_str(), 1);
        ::setenv("CONSOLE", console_.slave().c_str(), 1);
        ::setenv("TESTUDO_MACHINE", machine, 1);
        ::setenv("TESTUDO_SECRET", secret.c_str(), 1);
        ::execlp("unshare", "unshare", "-m", "-n", "-u", "-i", "-p", "--fork", "--kill-child", "--mount-proc", "sh",
                 "-c", script.c_str(), nullptr);
        ::_exit(127);
    }
    session_.emplace(loop_, secret, machine, pty_.opener(loop_), [](const GuestSession::State&) {});
    console_.opener(loop_)([this](Result<std::unique_ptr<GuestChannel>> opened) {
        console_channel_ = std::move(*opened);
        console_channel_->listen({[this](std::string_view bytes) { console_text_ += bytes; }, [](const Error&) {}});
    });
    thread_ = std::thread([this] { loop_.run(); });
}

RunningAgent::~RunningAgent() {
    on_loop([this] {
        session_.reset();
        console_channel_.reset();
    });
    loop_.stop();
    thread_.join();
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void RunningAgent::on_loop(const std::function<void()>& task) {
    std::promise<void> done;
    loop_.post([&] {
        task();
        done.set_value();
    });
    done.get_future().wait();
}

bool RunningAgent::connect(Millis patience) {
    on_loop([this] { session_->start(); });
    const auto end = loop_.clock().steady() + patience;
    for (bool connected = false; !connected; std::this_thread::sleep_for(Millis(5))) {
        on_loop([&] { connected = session_->state().connected; });
        if (!connected && loop_.clock().steady() > end)
            return false;
    }
    return true;
}

std::string RunningAgent::console() {
    std::string text;
    on_loop([&] { text = console_text_; });
    return text;
}

bool RunningAgent::console_shows(const std::string& text) {
    for (int i = 0; i < 500; ++i, std::this_thread::sleep_for(Millis(10)))
        if (console().find(text) != std::string::npos)
            return true;
    return false;
}

void RunningAgent::type(const std::string& text) {
    on_loop([&] { console_channel_->write(text); });
}

Result<json::object> RunningAgent::request(const std::string& op, json::object body, Millis timeout) {
    std::promise<Result<json::object>> answered;
    on_loop([&] {
        session_->request(op, std::move(body), timeout,
                          [&](Result<json::object> r) { answered.set_value(std::move(r)); });
    });
    return answered.get_future().get();
}

} // namespace testudo::agents
