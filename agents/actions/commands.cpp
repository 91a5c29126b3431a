#include "agents/actions/commands.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace testudo::agents {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kept_output = 16 * 1024;

// A file without a name. Not a pipe: a service that inherits it must not be stopped by a full or broken pipe.
int nameless_file(const std::string& content) {
    const int fd = memfd_create("testudo", MFD_CLOEXEC);
    if (fd >= 0 && !content.empty()) {
        std::size_t written = 0;
        while (written < content.size()) {
            const auto n = ::write(fd, content.data() + written, content.size() - written);
            if (n <= 0)
                break;
            written += static_cast<std::size_t>(n);
        }
        lseek(fd, 0, SEEK_SET);
    }
    return fd;
}

std::string beginning_of(int fd) {
    std::string text(kept_output, '\0');
    const auto n = pread(fd, text.data(), text.size(), 0);
    text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return text;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (auto& s : strings)
        out.push_back(s.data());
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> environment_of(const Command& command) {
    std::vector<std::string> out{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
                                 "LANG=C.UTF-8"};
    for (const auto& [name, value] : command.environment)
        out.push_back(name + "=" + value);
    return out;
}

// Signals as a fresh program expects them, whatever the agent does with its own.
void reset_signals(posix_spawnattr_t& attributes) {
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigdefault(&attributes, &all);
}

int spawn(const Command& command, int input, int output) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, 0);
    posix_spawn_file_actions_adddup2(&files, output, 1);
    posix_spawn_file_actions_adddup2(&files, output, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    reset_signals(attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    auto arguments = command.argv;
    auto environment = environment_of(command);
    pid_t pid = -1;
    const int problem = posix_spawnp(&pid, arguments.at(0).c_str(), &files, &attributes, pointers(arguments).data(),
                                     pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (problem != 0) {
        errno = problem;
        return -1;
    }
    return pid;
}

} // namespace

Commands::Commands(asio::io_context& io) : io_(io), signals_(io, SIGCHLD) {
    watch();
}

Commands::~Commands() {
    for (auto& [pid, child] : children_)
        if (child.output >= 0)
            ::close(child.output);
}

void Commands::run(Command command, std::function<void(CommandResult)> done) {
    const int input = nameless_file(command.input);
    const int output = nameless_file("");
    const int pid = input >= 0 && output >= 0 ? spawn(command, input, output) : -1;
    const int problem = errno;
    if (input >= 0)
        ::close(input);
    if (pid < 0) {
        if (output >= 0)
            ::close(output);
        asio::post(
            io_, [done = std::move(done), text = command.argv.at(0) + ": " + std::generic_category().message(problem)] {
                done({127, false, text});
            });
        return;
    }
    auto timer = std::make_unique<asio::steady_timer>(io_, command.timeout);
    timer->async_wait([this, pid](const boost::system::error_code& ec) {
        const auto child = ec ? children_.end() : children_.find(pid);
        if (child == children_.end())
            return;
        child->second.timed_out = true;
        ::kill(-pid, SIGKILL); // it leads its own session, and so its group
    });
    children_.emplace(pid, Child{std::move(done), output, false, std::move(timer)});
}

void Commands::run_on_terminal(const std::string& terminal, const std::vector<std::string>& argv,
                               std::function<void()> done) {
    auto arguments = argv;
    const auto argument_pointers = pointers(arguments);
    const pid_t pid = fork();
    if (pid == 0) {
        // Only calls that are safe after fork from here on.
        setsid();
        const int fd = ::open(terminal.c_str(), O_RDWR);
        if (fd < 0)
            _exit(126);
        ioctl(fd, TIOCSCTTY, 1);
        for (int i = 0; i < 3; ++i)
            dup2(fd, i);
        if (fd > 2)
            ::close(fd);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        for (const int number : {SIGCHLD, SIGPIPE, SIGTERM, SIGINT, SIGHUP})
            signal(number, SIG_DFL);
        char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        char term[] = "TERM=linux";
        char* environment[] = {path, term, nullptr};
        execve(argument_pointers[0], argument_pointers.data(), environment);
        _exit(127);
    }
    if (pid < 0) {
        asio::post(io_, std::move(done));
        return;
    }
    children_.emplace(pid, Child{[done = std::move(done)](const CommandResult&) { done(); }, -1, false, nullptr});
}

void Commands::watch() {
    signals_.async_wait([this](const boost::system::error_code& ec, int) {
        if (ec)
            return;
        reap();
        watch();
    });
}

void Commands::reap() {
    int status = 0;
    for (int pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        auto node = children_.extract(pid);
        if (node.empty())
            continue; // an orphan of somebody else
        auto& child = node.mapped();
        CommandResult result;
        result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        result.timed_out = child.timed_out;
        if (child.output >= 0) {
            result.output = beginning_of(child.output);
            ::close(child.output);
        }
        child.timer.reset();
        asio::post(io_, [done = std::move(child.done), result = std::move(result)] { done(result); });
    }
}

} // namespace testudo::agents
