#include "orchestrator/doctor/judge.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>

namespace testudo::doctor {
namespace {

// Beside the guest's own memory: QEMU, and its cache of translated code (machine_xml bounds it to 64 MiB). Measured
// with idle Debian guests of 256 MiB.
constexpr std::int64_t vm_overhead_mib = 130;
// Processor time from nothing to the agent (deploy/images/README.md).
constexpr int emulated_boot_s = 5;
// A bridge of the Linux kernel has no more (BR_PORT_BITS).
constexpr int bridge_ports = 1023;
constexpr std::int64_t image_mib = 2048; // what building one takes for a while

Judgement pass(std::string check, std::string text) {
    return {std::move(check), Level::pass, std::move(text), ""};
}
Judgement warn(std::string check, std::string text, std::string remedy) {
    return {std::move(check), Level::warn, std::move(text), std::move(remedy)};
}
Judgement block(std::string check, std::string text, std::string remedy) {
    return {std::move(check), Level::block, std::move(text), std::move(remedy)};
}

Judgement rights(const Facts& f) {
    return f.root ? pass("rights", "root")
                  : block("rights", "not root: namespaces, bridges and machines cannot be made",
                          "run it with sudo; `validate`, `plan`, `rehearse` and `replay` need no root");
}

Judgement release(const Facts& f) {
    return f.debian12 ? pass("release", f.release)
                      : warn("release",
                             fmt::format("{} is not the Debian 12 that Testudo is tested on",
                                         f.release.empty() ? "this system" : f.release),
                             "expect other versions of libvirt and QEMU");
}

Judgement programs(const Facts& f, const Needs& needs) {
    const bool builds = std::any_of(f.images.begin(), f.images.end(),
                                    [](const auto& image) { return image.there == There::no || !image.fault.empty(); });
    std::vector<std::string> missing;
    std::vector<std::string> later;
    std::string versions;
    for (const auto& program : f.programs) {
        if (program.found) {
            if (program.name == "libvirtd" || program.name == "qemu-system-x86_64")
                versions += fmt::format("{}{} {}", versions.empty() ? "" : ", ", program.package, program.version);
            continue;
        }
        const bool needed = program.use == Facts::Program::For::all ||
                            (program.use == Facts::Program::For::vms && (!needs.known || needs.vms > 0)) ||
                            (program.use == Facts::Program::For::building && builds);
        auto& list = needed ? missing : later;
        if (std::find(list.begin(), list.end(), program.package) == list.end())
            list.push_back(program.package);
    }
    if (!missing.empty())
        return block("programs", fmt::format("not installed: {}", fmt::join(missing, ", ")),
                     fmt::format("apt-get install {}   (deploy/packages demo installs all)", fmt::join(missing, " ")));
    if (!later.empty())
        return warn("programs", fmt::format("not installed, and not needed by this: {}", fmt::join(later, ", ")),
                    fmt::format("apt-get install {}   when images are built or templates have virtual machines",
                                fmt::join(later, " ")));
    return pass("programs", fmt::format("all there: {}", versions));
}

Judgement kernel(const Facts& f, const Needs& needs) {
    std::vector<std::string> missing;
    std::vector<std::string> doubtful;
    for (const auto& part : f.kernel) {
        if (part.there == There::yes || (part.name == "vxlan" && needs.hosts < 2) ||
            (part.name == "tun" && needs.known && needs.vms == 0))
            continue;
        (part.there == There::no ? missing : doubtful).push_back(part.name);
    }
    if (!missing.empty())
        return block("kernel", fmt::format("the kernel does not provide {}", fmt::join(missing, ", ")),
                     fmt::format("modprobe {}; in a container, have its host load them", fmt::join(missing, " ")));
    if (!doubtful.empty())
        return warn("kernel", fmt::format("cannot be told without root: {}", fmt::join(doubtful, ", ")),
                    "run `sudo testudo doctor`");
    return pass("kernel", "tun, bridge, veth, overlay, fuse, nftables: there");
}

Judgement cgroups(const Facts& f) {
    if (f.cgroups == 0)
        return block("cgroups", "no control groups are mounted", "mount -t cgroup2 cgroup2 /sys/fs/cgroup");
    std::vector<std::string> missing;
    for (const auto* wanted : {"cpu", "memory"})
        if (std::find(f.controllers.begin(), f.controllers.end(), wanted) == f.controllers.end())
            missing.emplace_back(wanted);
    if (!missing.empty())
        return block("cgroups", fmt::format("version {} lacks the controllers {}", f.cgroups, fmt::join(missing, ", ")),
                     "boot the kernel with cgroup_enable=memory, or delegate them to this container");
    return pass("cgroups", fmt::format("version {}, with {}", f.cgroups, fmt::join(f.controllers, " ")));
}

Judgement libvirt(const Facts& f, const Needs& needs, const Where& where) {
    if (!where.connect.empty())
        return warn("libvirt", fmt::format("{} is not looked at from here", where.connect),
                    fmt::format("virsh -c {} version", where.connect));
    std::vector<std::string> missing;
    for (const auto& driver : f.drivers)
        if (driver.there == There::no && !(driver.name == "qemu" && needs.known && needs.vms == 0))
            missing.push_back("libvirt-daemon-driver-" + driver.name);
    if (!missing.empty())
        return block("libvirt", fmt::format("drivers are missing: {}", fmt::join(missing, ", ")),
                     fmt::format("apt-get install {}", fmt::join(missing, " ")));
    if (f.host_runs)
        return pass("libvirt", fmt::format("the range host in {} answers", where.host.string()));
    if (f.host_program)
        return pass("libvirt", fmt::format("no range host runs in {}; it can be started: deploy/range-host start",
                                           where.host.string()));
    return block("libvirt",
                 fmt::format("no range host runs in {}, and deploy/range-host is not here", where.host.string()),
                 "name a libvirt with --connect, or run from Testudo's folder");
}

Judgement accelerator(const Facts& f, const Needs& needs) {
    if (f.accel == "kvm")
        return pass("accelerator", "KVM, timed and faster than emulation");
    if (f.accel.empty() && f.kvm_device)
        return pass("accelerator", "/dev/kvm is there; the range host times it when it starts");
    const auto why = f.kvm_device ? "KVM is slower than emulation here" : "there is no /dev/kvm";
    if (needs.known && needs.vms == 0)
        return pass("accelerator", fmt::format("{}, and no virtual machine needs it", why));
    const auto seconds =
        emulated_boot_s * std::max(1, needs.vms) / std::max(1, std::min(f.cpus, std::max(1, needs.vms)));
    return warn(
        "accelerator",
        fmt::format("{}: each virtual machine takes about {} s of processor time to its agent{}", why, emulated_boot_s,
                    needs.vms > 0
                        ? fmt::format(", the {} of this about {} s on {} processors", needs.vms, seconds, f.cpus)
                        : ""),
        "switch virtualisation on in the firmware, or nested virtualisation on the host of this machine");
}

Judgement memory(const Facts& f, const Needs& needs) {
    const auto found = fmt::format("{} of {} MiB are free", f.free_memory_mib, f.memory_mib);
    const auto vms = needs.vm_memory_mib + needs.vms * vm_overhead_mib;
    const auto all = vms + needs.container_memory_mib;
    const auto wanted = fmt::format("{}; the range takes up to {} MiB ({} containers {}, {} virtual machines {})",
                                    found, all, needs.containers, needs.container_memory_mib, needs.vms, vms);
    if (!needs.known)
        return f.free_memory_mib >= 2048
                   ? pass("memory", found)
                   : warn("memory", found, "a small exercise takes 2 GiB: end what is not needed");
    if (vms + needs.container_memory_mib / 2 > f.free_memory_mib)
        return block("memory", wanted,
                     "give the machine more, end what is not needed, or lower `memory` in the template");
    if (all > f.free_memory_mib)
        return warn("memory", wanted, "it runs while containers do not all use what they may; lower their `memory`");
    return pass("memory", wanted);
}

Judgement processors(const Facts& f, const Needs& needs) {
    const auto machines = needs.containers + needs.vms;
    if (needs.cpus > f.cpus)
        return warn("processors", fmt::format("{} for a machine of {}", f.cpus, needs.cpus),
                    "lower `cpus` in the template: more than there are only cost time");
    if (needs.vms > 10 * f.cpus)
        return warn("processors", fmt::format("{} for {} virtual machines", f.cpus, needs.vms),
                    "expect slow machines; spread them over several hosts");
    return pass("processors",
                needs.known ? fmt::format("{} for {} machines", f.cpus, machines) : fmt::format("{}", f.cpus));
}

Judgement state(const Facts& f, const Needs& needs, const Where& where) {
    if (!f.state_writable)
        return block("state", fmt::format("{} cannot be written to", where.state.string()),
                     "run it with sudo, or name another folder with --state");
    const auto wanted = needs.vm_disk_mib;
    const auto found = fmt::format("{} MiB are free in {}", f.free_state_mib, where.state.string());
    if (f.free_state_mib >= 0 && f.free_state_mib < 512)
        return block("state", found, "make room: the event log must not run out of it");
    if (f.free_state_mib >= 0 && f.free_state_mib < wanted)
        return warn("state", fmt::format("{}; virtual machines may write {}", found, wanted),
                    "make room, or name another folder with --state");
    return pass("state", found);
}

Judgement limits(const Facts& f, const Needs& needs) {
    const std::int64_t machines = needs.containers + needs.vms;
    struct Limit {
        const char* name;
        std::int64_t found;
        std::int64_t wanted;
        const char* remedy;
    };
    std::vector<std::string> low;
    std::vector<std::string> remedies;
    // libvirt keeps some ten descriptors for a machine; a container's services have tens of processes.
    for (const auto& limit : {Limit{"fs.inotify.max_user_instances", f.inotify_instances, 64 + machines,
                                    "sysctl -w fs.inotify.max_user_instances={}"},
                              Limit{"open files", f.open_files, 512 + 20 * machines, "ulimit -Hn {}"},
                              Limit{"kernel.pid_max", f.pid_max, 4096 + 40 * machines, "sysctl -w kernel.pid_max={}"}})
        if (limit.found < limit.wanted) {
            low.push_back(fmt::format("{} is {}, {} may be needed", limit.name, limit.found, limit.wanted));
            remedies.push_back(fmt::format(fmt::runtime(limit.remedy), 4 * limit.wanted));
        }
    if (low.empty())
        return pass("limits", fmt::format("inotify {}, open files {}, processes {}", f.inotify_instances, f.open_files,
                                          f.pid_max));
    return warn("limits", fmt::format("{}", fmt::join(low, "; ")), fmt::format("{}", fmt::join(remedies, "; ")));
}

Judgement segments(const Needs& needs) {
    return needs.ports > bridge_ports
               ? block("segments",
                       fmt::format("{} has {} machines, and a bridge at most {} ports", needs.fullest, needs.ports,
                                   bridge_ports),
                       "divide the segment")
               : pass("segments", needs.known
                                      ? fmt::format("at most {} machines on one, of {}", needs.ports, bridge_ports)
                                      : "no template, nothing to count");
}

Judgement images(const Facts& f, const Where& where) {
    std::vector<std::string> bad;
    std::vector<std::string> absent;
    std::vector<std::string> unread;
    std::vector<std::string> names;
    for (const auto& image : f.images) {
        if (image.there == There::yes)
            names.push_back(image.name);
        else if (image.there == There::unknown)
            unread.push_back(image.name);
        else if (image.builds)
            absent.push_back(image.name);
        else
            bad.push_back(image.name + (image.fault.empty() ? "" : " (" + image.fault + ")"));
    }
    if (!f.withheld.empty())
        return block("images", fmt::format("{}", fmt::join(f.withheld, "; ")), "see docs/template.md about labels");
    if (!bad.empty())
        return block(
            "images",
            fmt::format("neither in {} nor among the recipes: {}", where.images.string(), fmt::join(bad, ", ")),
            "testudo image import FILE --name NAME, or name another image in the template");
    if (!absent.empty() && f.free_images_mib >= 0 && f.free_images_mib < image_mib)
        return block("images",
                     fmt::format("{} must be built, and {} has {} MiB free of {}", fmt::join(absent, ", "),
                                 where.images.string(), f.free_images_mib, image_mib),
                     "make room, or name another store with --images");
    if (!absent.empty())
        return warn("images", fmt::format("must be built first: {}", fmt::join(absent, ", ")),
                    fmt::format("testudo image build {}   (one to two minutes)", fmt::join(absent, " ")));
    if (!unread.empty())
        return warn("images", fmt::format("not read since they were made or changed: {}", fmt::join(unread, ", ")),
                    "testudo image verify; else the first `up` takes some seconds more");
    return pass("images", names.empty() ? "none is needed" : fmt::format("verified: {}", fmt::join(names, ", ")));
}

struct Network {
    int family = 0;
    std::array<unsigned char, 16> bytes{};
    int prefix = 0;
};

std::optional<Network> network_of(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos)
        return std::nullopt;
    Network network;
    network.family = text.find(':') == std::string::npos ? AF_INET : AF_INET6;
    network.prefix = std::atoi(text.c_str() + slash + 1);
    if (::inet_pton(network.family, text.substr(0, slash).c_str(), network.bytes.data()) != 1)
        return std::nullopt;
    return network;
}

bool overlap(const Network& a, const Network& b) {
    if (a.family != b.family)
        return false;
    for (int bit = 0; bit < std::min(a.prefix, b.prefix); ++bit) {
        const auto at = static_cast<std::size_t>(bit / 8);
        if (((a.bytes[at] ^ b.bytes[at]) & (0x80 >> (bit % 8))) != 0)
            return false;
    }
    return true;
}

Judgement addresses(const Facts& f, const Needs& needs) {
    std::vector<std::string> clashes;
    for (const auto& own : f.addresses)
        for (const auto& planned : needs.networks) {
            const auto a = network_of(own);
            const auto b = network_of(planned);
            if (a && b && overlap(*a, *b))
                clashes.push_back(fmt::format("{} of the range and {} of this machine", planned, own));
        }
    if (clashes.empty())
        return pass("addresses",
                    fmt::format("none of the range's {} networks is this machine's", needs.networks.size()));
    return warn(
        "addresses", fmt::format("the same addresses twice: {}", fmt::join(clashes, "; ")),
        "the range is closed, so both work; people will mix them up: take others from 198.18.0.0/15 in the template");
}

Judgement port(const Facts& f, const Where& where) {
    if (f.port_free)
        return pass("port", fmt::format("{} is free", where.port));
    const auto text = fmt::format("{} is taken by another program (or by a running exercise)", where.port);
    const auto remedy = fmt::format("take another: --port {}", where.port + 1);
    return where.port_chosen ? block("port", text, remedy) : warn("port", text, remedy);
}

Judgement clock(const Facts& f) {
    if (f.year < 2024 || f.year > 2100)
        return block("clock", fmt::format("it is the year {} here", f.year), "set the clock: date --set");
    if (f.clock_synchronised == There::no)
        return warn("clock", "it is right about the year, and kept in step by nobody",
                    "run chrony or systemd-timesyncd, so that the log's times can be compared with others'");
    return pass("clock", "kept in step");
}

Judgement leftovers(const Facts& f) {
    if (f.dead_hosts.empty() && f.orphans.empty())
        return pass("leftovers", "none of killed runs");
    std::vector<std::string> texts;
    std::vector<std::string> remedies;
    for (const auto& host : f.dead_hosts) {
        texts.push_back(fmt::format("range host {} without its process", host));
        remedies.push_back(fmt::format("deploy/range-host stop --dir {}", host));
    }
    for (const auto& exercise : f.orphans) {
        texts.push_back(fmt::format("exercise {} without its controller", exercise));
        remedies.push_back(fmt::format("testudo serve {0}   to go on, or testudo down {0}", exercise));
    }
    return warn("leftovers", fmt::format("{}", fmt::join(texts, "; ")), fmt::format("{}", fmt::join(remedies, "; ")));
}

} // namespace

std::vector<Judgement> judge(const Facts& facts, const Needs& needs, const Where& where) {
    return {rights(facts),
            release(facts),
            programs(facts, needs),
            kernel(facts, needs),
            cgroups(facts),
            libvirt(facts, needs, where),
            accelerator(facts, needs),
            processors(facts, needs),
            memory(facts, needs),
            state(facts, needs, where),
            images(facts, where),
            limits(facts, needs),
            segments(needs),
            addresses(facts, needs),
            port(facts, where),
            clock(facts),
            leftovers(facts)};
}

} // namespace testudo::doctor
