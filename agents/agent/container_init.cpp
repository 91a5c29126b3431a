#include "agents/agent/container_init.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <linux/capability.h>
#include <string>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace testudo::agents {
namespace {

const std::string new_root = "/overlay/root";

tl::unexpected<Error> failed(const std::string& what) {
    return fail("init.failed", what, std::generic_category().message(errno));
}

Result<void> mount_at(const std::string& type, const std::string& target, unsigned long flags,
                      const std::string& data = "") {
    ::mkdir(target.c_str(), 0755);
    if (::mount(type.c_str(), target.c_str(), type.c_str(), flags, data.c_str()) != 0)
        return failed("mount " + type + " on " + target);
    return {};
}

Result<void> make_overlay() {
    for (const auto* folder : {"/overlay/upper", "/overlay/work", "/overlay/root"})
        if (::mkdir(folder, 0755) != 0 && errno != EEXIST)
            return failed(folder);
    if (::mount("overlay", new_root.c_str(), "overlay", 0,
                "lowerdir=/,upperdir=/overlay/upper,workdir=/overlay/work") != 0)
        return failed("mount overlay");
    return {};
}

Result<void> move_root() {
    // libvirt's own view of the container's memory, where it has one; else the host's shows.
    ::mount("/proc/meminfo", (new_root + "/proc/meminfo").c_str(), nullptr, MS_MOVE, nullptr);
    if (::mount("/dev", (new_root + "/dev").c_str(), nullptr, MS_MOVE, nullptr) != 0)
        return failed("move /dev");
    if (::chdir(new_root.c_str()) != 0)
        return failed(new_root);
    // Old and new root in one place: the old one lies on top and goes with everything below it, the host's files too.
    if (::syscall(SYS_pivot_root, ".", ".") != 0)
        return failed("pivot_root");
    if (::umount2(".", MNT_DETACH) != 0)
        return failed("drop the old root");
    return ::chdir("/") == 0 ? Result<void>() : failed("/");
}

// Parts of /proc reach past the container: what they show or switch is the whole host's.
void close_proc() {
    const auto bind = [](const char* path, unsigned long flags) {
        return ::mount(path, path, nullptr, MS_BIND | flags, nullptr) == 0;
    };
    const auto read_only = [&](const char* path) {
        if (bind(path, MS_REC))
            ::mount(nullptr, path, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
                    nullptr);
    };
    // These two belong to the container itself and stay writable inside of what becomes read-only.
    bind("/proc/sys/net", 0);
    bind("/proc/sys/kernel/hostname", 0);
    for (const auto* path : {"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs"})
        read_only(path);
    for (const auto* path : {"/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug"})
        if (::access(path, F_OK) == 0)
            ::mount("/dev/null", path, nullptr, MS_BIND, nullptr);
}

void complete_dev() {
    ::symlink("/proc/self/fd", "/dev/fd");
    ::symlink("/proc/self/fd/0", "/dev/stdin");
    ::symlink("/proc/self/fd/1", "/dev/stdout");
    ::symlink("/proc/self/fd/2", "/dev/stderr");
}

} // namespace

Result<void> enter_writable_root() {
    ::umask(022);
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
        return failed("make mounts private");
    if (auto made = make_overlay(); !made)
        return made;
    const std::string tmp_options = "mode=1777";
    if (auto done = mount_at("proc", new_root + "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC); !done)
        return done;
    if (auto done = mount_at("sysfs", new_root + "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY); !done)
        return done;
    if (auto done = mount_at("tmpfs", new_root + "/run", MS_NOSUID | MS_NODEV, "mode=755,size=32m"); !done)
        return done;
    if (auto done = mount_at("tmpfs", new_root + "/tmp", MS_NOSUID | MS_NODEV, "mode=1777,size=64m"); !done)
        return done;
    if (auto moved = move_root(); !moved)
        return moved;
    if (auto done = mount_at("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777,size=64m"); !done)
        return done;
    complete_dev();
    close_proc();
    ::mkdir("/run/testudo", 0700);
    ::mkdir("/run/lock", 0755);
    ::chmod("/run/lock", 01777);
    return {};
}

Result<void> give_up_capabilities() {
    static constexpr std::array dropped{CAP_SYS_ADMIN,       CAP_SYS_MODULE, CAP_SYS_RAWIO,    CAP_SYS_TIME,
                                        CAP_SYS_BOOT,        CAP_MAC_ADMIN,  CAP_MAC_OVERRIDE, CAP_SYSLOG,
                                        CAP_MKNOD,           CAP_BPF,        CAP_PERFMON,      CAP_CHECKPOINT_RESTORE,
                                        CAP_DAC_READ_SEARCH, CAP_WAKE_ALARM, CAP_AUDIT_READ,   CAP_AUDIT_CONTROL,
                                        CAP_BLOCK_SUSPEND};
    for (const int capability : dropped)
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL) // unknown to an older kernel
            return failed("drop capability " + std::to_string(capability));
    // The agent itself as well: with the debugger of a team's root one could borrow them from it.
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> data{};
    if (::syscall(SYS_capget, &header, data.data()) != 0)
        return failed("capget");
    for (const auto capability : dropped) {
        const auto keep = ~(1U << capability % 32);
        auto& word = data.at(static_cast<std::size_t>(capability) / 32);
        word.effective &= keep;
        word.permitted &= keep;
        word.inheritable &= keep;
    }
    if (::syscall(SYS_capset, &header, data.data()) != 0)
        return failed("capset");
    return {};
}

void ConsoleLogin::start() {
    const auto again = [this] {
        // Not at once: where there is no login program this must not become a busy loop.
        pause_.expires_after(std::chrono::seconds(1));
        pause_.async_wait([this](const boost::system::error_code& ec) {
            if (!ec)
                start();
        });
    };
    commands_.run_on_terminal("/dev/tty1", {"/sbin/agetty", "--noclear", "--keep-baud", "-", "linux"}, again);
}

} // namespace testudo::agents
