#include "agents/agent/personaliser.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <system_error>
#include <unistd.h>

#include "agents/actions/local_file.hpp"
#include "agents/actions/services.hpp"
#include "agents/agent/accounts.hpp"
#include "agents/agent/network_setup.hpp"

namespace testudo::agents {
namespace {

constexpr Attributes plain{0644, 0, 0};
// A clone gets its network cards while it runs; its kernel needs a moment to find them.
constexpr std::chrono::milliseconds look_again{10};
constexpr std::chrono::seconds longest_wait{10};

// The kernel's files take one write and no renaming.
Result<void> write_kernel_file(const std::string& path, const std::string& value) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return fail("failed", path, std::generic_category().message(errno));
    const auto written = ::write(fd, value.data(), value.size());
    const int problem = errno;
    ::close(fd);
    if (written != static_cast<ssize_t>(value.size()))
        return fail("failed", path, std::generic_category().message(problem));
    return {};
}

bool exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

} // namespace

void Personaliser::run(PersonaliseSpec spec, bool files_there, Done done) {
    spec_ = std::move(spec);
    files_there_ = files_there;
    done_ = std::move(done);
    steps_.clear();
    run_step(0);
}

void Personaliser::run_step(std::size_t index) {
    struct Named {
        const char* name;
        Step step;
        bool makes_files = false;
    };
    static constexpr std::array<Named, 9> order{{{"hostname", &Personaliser::set_hostname},
                                                 {"interfaces", &Personaliser::await_interfaces},
                                                 {"network", &Personaliser::set_network},
                                                 {"firewall", &Personaliser::set_firewall},
                                                 {"users", &Personaliser::make_users, true},
                                                 {"files", &Personaliser::write_files, true},
                                                 {"host-keys", &Personaliser::make_host_keys, true},
                                                 {"setup", &Personaliser::run_setup, true},
                                                 {"services", &Personaliser::start_services}}};
    while (index < order.size() && files_there_ && order.at(index).makes_files)
        ++index;
    if (index == order.size())
        return done_(steps_);
    step_began_ = SteadyClock::now();
    (this->*order[index].step)([this, index, name = order[index].name](const Result<void>& result) {
        const auto took = std::chrono::duration_cast<Millis>(SteadyClock::now() - step_began_);
        steps_.push_back(json::object{{"step", name}, {"ms", took.count()}});
        if (!result)
            return done_(
                fail(result.error().code, std::string(name) + ": " + result.error().object, result.error().message));
        boost::asio::post(io_, [this, index] { run_step(index + 1); });
    });
}

void Personaliser::command(Command command, Next next) {
    auto what = command.argv[0];
    commands_.run(std::move(command), [what = std::move(what), next = std::move(next)](const CommandResult& r) {
        if (r.good())
            return next({});
        next(fail("failed", what,
                  r.timed_out ? "took too long"
                              : "exit status " + std::to_string(r.status) + ": " + r.output.substr(0, 500)));
    });
}

void Personaliser::in_turn(std::size_t count, std::function<void(std::size_t, Next)> each, Next next) {
    struct Turn : std::enable_shared_from_this<Turn> {
        std::size_t at = 0;
        std::size_t count = 0;
        std::function<void(std::size_t, Next)> each;
        Next next;
        void go(const Result<void>& last) {
            if (!last || at == count)
                return next(last);
            each(at++, [keep = shared_from_this()](const Result<void>& result) { keep->go(result); });
        }
    };
    auto turn = std::make_shared<Turn>();
    turn->count = count;
    turn->each = std::move(each);
    turn->next = std::move(next);
    turn->go({});
}

void Personaliser::set_hostname(Next next) {
    auto result = replace_file("/etc/hostname", spec_.hostname + "\n", plain);
    if (result)
        result = replace_file("/etc/hosts", hosts_file(spec_), plain);
    // Not sethostname(): the agent of a container has given that right away.
    if (result)
        result = write_kernel_file("/proc/sys/kernel/hostname", spec_.hostname);
    next(result);
}

void Personaliser::await_interfaces(Next next) {
    const auto links = present_links();
    const bool all = std::all_of(spec_.interfaces.begin(), spec_.interfaces.end(), [&](const auto& interface) {
        return std::any_of(links.begin(), links.end(), [&](const auto& l) { return l.second == interface.mac; });
    });
    if (all || SteadyClock::now() - step_began_ > longest_wait) // in vain: the next step says which is missing
        return next({});
    waiting_.expires_after(look_again);
    waiting_.async_wait([this, next = std::move(next)](const boost::system::error_code& ec) {
        if (!ec)
            await_interfaces(next);
    });
}

void Personaliser::set_network(Next next) {
    auto batch = ip_batch(spec_, present_links());
    if (!batch)
        return next(tl::unexpected(batch.error()));
    // Settings of an interface have a place only once it has its name; those for all come before, so that addresses
    // are never tentative.
    const auto apply = [this] {
        for (const auto& setting : kernel_settings(spec_)) {
            const auto path = "/proc/sys/" + setting.path;
            if (exists(path)) // a kernel without IPv6 has none of these
                if (auto written = write_kernel_file(path, setting.value); !written)
                    return written;
        }
        return Result<void>();
    };
    if (auto applied = apply(); !applied)
        return next(applied);
    command({{"ip", "-batch", "-"}, std::move(*batch), {}, Millis(30'000)},
            [apply, next = std::move(next)](const Result<void>& result) { next(result ? apply() : result); });
}

void Personaliser::set_firewall(Next next) {
    if (spec_.nftables.empty())
        return next({});
    command({{"nft", "-f", "-"}, spec_.nftables, {}, Millis(30'000)}, std::move(next));
}

void Personaliser::make_users(Next next) {
    const auto passwd = read_file("/etc/passwd").value_or("");
    const auto groups = "\n" + read_file("/etc/group").value_or("");
    auto passwords = std::make_shared<std::string>();
    for (const auto& user : spec_.users) {
        if (user.name.find_first_of(":\n") != std::string::npos || user.name.starts_with('-') ||
            user.password.find('\n') != std::string::npos)
            return next(fail("refused.params", user.name, "not a user with a password of one line"));
        if (!user.password.empty())
            *passwords += user.name + ":" + user.password + "\n";
    }
    in_turn(
        spec_.users.size(),
        [this, passwd, has_sudo = groups.find("\nsudo:") != std::string::npos](std::size_t i, Next done) {
            const auto& user = spec_.users[i];
            const bool there = has_account(user.name, passwd);
            Command make;
            if (!there)
                make.argv = {"useradd", "--create-home", "--shell", "/bin/bash"};
            else
                make.argv = {"usermod", "--append"};
            if (user.admin && has_sudo)
                make.argv.insert(make.argv.end(), {"--groups", "sudo"});
            else if (there)
                return done({});
            make.argv.push_back(user.name);
            command(std::move(make), std::move(done));
        },
        [this, passwords, next = std::move(next)](const Result<void>& result) {
            if (!result || passwords->empty())
                return next(result);
            command({{"chpasswd"}, *passwords, {}, Millis(30'000)}, next);
        });
}

void Personaliser::write_files(Next next) {
    const auto passwd = read_file("/etc/passwd").value_or("");
    const auto group = read_file("/etc/group").value_or("");
    for (const auto& file : spec_.files) {
        if (const auto checked = check_path(file.path); !checked)
            return next(checked);
        const auto owner = find_owner(file.owner, passwd, group);
        if (!owner)
            return next(fail("failed", file.path, "there is no user or group " + file.owner));
        char* end = nullptr;
        const auto mode = std::strtoul(file.mode.c_str(), &end, 8);
        if (file.mode.empty() || *end != '\0' || mode > 07777)
            return next(fail("refused.params", file.path, "not a mode: " + file.mode));
        const Attributes attributes{static_cast<mode_t>(mode), owner->user, owner->group};
        if (const auto written = replace_file(file.path, file.content, attributes); !written)
            return next(written);
    }
    next({});
}

// Images carry none: two machines with one key would be one machine to their clients.
void Personaliser::make_host_keys(Next next) {
    const std::string key = "/etc/ssh/ssh_host_ed25519_key";
    if (!exists("/etc/ssh/sshd_config") || exists(key))
        return next({});
    command({{"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", spec_.hostname, "-f", key}, "", {}, Millis(30'000)},
            std::move(next));
}

void Personaliser::run_setup(Next next) {
    in_turn(
        spec_.setup.size(),
        [this](std::size_t i, Next done) {
            const auto& line = spec_.setup[i];
            commands_.run({{"sh", "-c", line}, "", {}, Millis(300'000)}, [line, done = std::move(done)](
                                                                             const CommandResult& r) {
                if (r.good())
                    return done({});
                done(fail("failed", line,
                          r.timed_out ? "took too long"
                                      : "exit status " + std::to_string(r.status) + ": " + r.output.substr(0, 500)));
            });
        },
        std::move(next));
}

void Personaliser::start_services(Next next) {
    for (const auto& unit : spec_.services)
        if (!is_service_name(unit))
            return next(fail("refused.params", unit, "not the name of a service"));
    // One that needs another to be there first may fail when all start at once: those get a second try.
    testudo::agents::start_services(commands_, spec_.services, [this, next](auto failed, const std::string&) {
        testudo::agents::start_services(commands_, failed, [next](const auto& still, const std::string& output) {
            if (still.empty())
                return next({});
            next(fail("failed", still[0], "the service does not start: " + output.substr(0, 500)));
        });
    });
}

} // namespace testudo::agents
