#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <thread>
#include <unistd.h>

#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/daemon/signals.hpp"
#include "orchestrator/range/goal.hpp"

namespace testudo::cli {
namespace {

constexpr char leave_key = 0x1D; // Ctrl-], as virsh and telnet have it

// Keys go to the machine one by one and unechoed while this lives.
class RawTerminal {
  public:
    RawTerminal() : is_terminal_(tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!is_terminal_)
            return;
        auto raw = before_;
        cfmakeraw(&raw);
        tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    }
    ~RawTerminal() {
        if (is_terminal_)
            tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    }
    RawTerminal(const RawTerminal&) = delete;
    RawTerminal& operator=(const RawTerminal&) = delete;
    bool is_terminal() const { return is_terminal_; }

  private:
    termios before_{};
    bool is_terminal_;
};

// Reads standard input on a thread of its own and posts it; ends with `stop` or the input's end.
class Keyboard {
  public:
    Keyboard(Loop& loop, std::function<void(std::string)> on_keys, std::function<void()> on_end) {
        if (::pipe2(wake_, O_CLOEXEC) != 0)
            throw std::runtime_error("no pipe for the console");
        thread_ = std::thread([this, &loop, on_keys = std::move(on_keys), on_end = std::move(on_end)] {
            for (;;) {
                pollfd fds[] = {{STDIN_FILENO, POLLIN, 0}, {wake_[0], POLLIN, 0}};
                if (::poll(fds, 2, -1) < 0 || fds[1].revents != 0)
                    return;
                char buffer[512];
                const auto n = ::read(STDIN_FILENO, buffer, sizeof buffer);
                if (n <= 0) {
                    loop.post(on_end);
                    return;
                }
                loop.post([on_keys, keys = std::string(buffer, static_cast<std::size_t>(n))] { on_keys(keys); });
            }
        });
    }
    ~Keyboard() {
        (void)!::write(wake_[1], "x", 1);
        thread_.join();
        ::close(wake_[0]);
        ::close(wake_[1]);
    }
    Keyboard(const Keyboard&) = delete;
    Keyboard& operator=(const Keyboard&) = delete;

  private:
    int wake_[2];
    std::thread thread_;
};

} // namespace

int console(const ConsoleOptions& options) {
    const auto exercise = provisioned(options.place, options.exercise);
    if (!exercise)
        return complain(exercise.error());
    const auto goal = range::goal_of(exercise->plan, exercise->seed, exercise->placement);
    const auto* machine = goal.machine(options.machine);
    if (machine == nullptr)
        return complain(
            Error("machine.unknown", options.machine, "there is no such machine; `testudo status` lists them"));

    RealLoop loop;
    const daemon::StopOnSignal signals(loop, [&loop](int) { loop.stop(); });
    const auto hypervisor = daemon::connect(loop, host_of(options.place, exercise->folder));
    if (!hypervisor)
        return complain(hypervisor.error());

    Result<void> result;
    std::unique_ptr<agents::GuestChannel> channel;
    const RawTerminal terminal;
    const auto stop_with = [&](Result<void> why) {
        result = std::move(why);
        loop.stop();
    };
    (*hypervisor)
        ->open_console(range::ref_of(machine->spec), [&](Result<std::unique_ptr<agents::GuestChannel>> opened) {
            if (!opened)
                return stop_with(tl::unexpected(opened.error()));
            channel = std::move(*opened);
            channel->listen({[](std::string_view bytes) { (void)!::write(STDOUT_FILENO, bytes.data(), bytes.size()); },
                             [&](const Error& error) { stop_with(tl::unexpected(error)); }});
            channel->write("\n"); // the login prompt was shown before anybody looked
            if (terminal.is_terminal())
                fmt::print(stderr, "Attached to {}; leave with Ctrl-].\r\n", options.machine);
        });
    {
        const Keyboard keyboard(
            loop,
            [&](const std::string& keys) {
                const auto end = keys.find(leave_key);
                if (channel)
                    channel->write(std::string_view(keys).substr(0, end));
                if (end != std::string::npos)
                    loop.stop();
            },
            [&] { loop.stop(); });
        loop.run();
    }
    channel.reset();
    return result ? exit_ok : complain(result.error());
}

} // namespace testudo::cli
