#include "orchestrator/libvirt/command.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char** environ;

namespace testudo::libvirt {

namespace {

// A file without a name, to be read from its beginning.
int file_of(std::string_view content) {
    const int file = ::memfd_create("input", MFD_CLOEXEC);
    if (file < 0)
        throw std::system_error(errno, std::generic_category(), "memfd_create");
    while (!content.empty()) {
        const auto wrote = ::write(file, content.data(), content.size());
        if (wrote < 0)
            throw std::system_error(errno, std::generic_category(), "write to memory");
        content.remove_prefix(static_cast<std::size_t>(wrote));
    }
    ::lseek(file, 0, SEEK_SET);
    return file;
}

} // namespace

Result<void> run_command(const std::vector<std::string>& words, std::string_view given) {
    std::vector<char*> argv;
    for (const auto& word : words)
        argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);

    const int input = file_of(given);
    int output[2];
    if (::pipe2(output, O_CLOEXEC) != 0)
        throw std::system_error(errno, std::generic_category(), "pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 2);
    pid_t pid = 0;
    const int spawned = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(output[1]);
    ::close(input);

    std::string complaint;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(output[0], buffer, sizeof buffer)) > 0;)
        complaint.append(buffer, static_cast<std::size_t>(got));
    ::close(output[0]);
    if (spawned != 0)
        return fail("command.missing", words[0], std::generic_category().message(spawned));
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return {};
    while (!complaint.empty() && complaint.back() == '\n')
        complaint.pop_back();
    return fail("command.failed", words[0],
                complaint.empty() ? fmt::format("ended with status {:#x}", status) : complaint);
}

} // namespace testudo::libvirt
