#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <bit>
#include <cstdlib>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <map>
#include <netinet/in.h>
#include <set>
#include <sstream>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "orchestrator/core/json.hpp"
#include "orchestrator/doctor/facts.hpp"
#include "orchestrator/images/labels.hpp"
#include "orchestrator/images/recipes.hpp"
#include "orchestrator/images/verify.hpp"
#include "orchestrator/libvirt/command.hpp"

namespace testudo::doctor {
namespace fs = std::filesystem;
namespace {

using images::read_text;
using Use = Facts::Program::For;

bool in_path(const std::string& program) {
    std::error_code error;
    if (program.starts_with('/'))
        return fs::exists(program, error);
    for (const auto* folder : {"/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"})
        if (fs::exists(fs::path(folder) / program, error))
            return true;
    return false;
}

// Of those that dpkg has on record, by package.
std::map<std::string, std::string> package_versions() {
    std::map<std::string, std::string> versions;
    std::istringstream in(read_text("/var/lib/dpkg/status"));
    std::string package;
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("Package: "))
            package = line.substr(9);
        else if (line.starts_with("Version: "))
            versions[package] = line.substr(9);
    return versions;
}

std::vector<Facts::Program> programs() {
    // What deploy/range-host, orchestrator/libvirt and deploy/images/build call.
    std::vector<Facts::Program> all{{"libvirtd", "libvirt-daemon", "", false, Use::all},
                                    {"/usr/lib/libvirt/libvirt_lxc", "libvirt-daemon-driver-lxc", "", false, Use::all},
                                    {"virsh", "libvirt-clients", "", false, Use::all},
                                    {"tini", "tini", "", false, Use::all},
                                    {"unshare", "util-linux", "", false, Use::all},
                                    {"ip", "iproute2", "", false, Use::all},
                                    {"sysctl", "procps", "", false, Use::all},
                                    {"nft", "nftables", "", false, Use::all},
                                    {"qemu-system-x86_64", "qemu-system-x86", "", false, Use::vms},
                                    {"qemu-img", "qemu-utils", "", false, Use::vms},
                                    {"mke2fs", "e2fsprogs", "", false, Use::vms},
                                    {"mmdebstrap", "mmdebstrap", "", false, Use::building},
                                    {"jq", "jq", "", false, Use::building}};
    const auto versions = package_versions();
    for (auto& program : all) {
        program.found = in_path(program.name);
        if (const auto found = versions.find(program.package); found != versions.end())
            program.version = found->second;
    }
    return all;
}

There made(const std::vector<std::string>& command) {
    const auto done = libvirt::run_command(command);
    if (done)
        return There::yes;
    return done.error().code == "command.missing" ? There::unknown : There::no;
}

There filesystem(const std::string& name) {
    return read_text("/proc/filesystems").find("\t" + name + "\n") != std::string::npos ? There::yes : There::unknown;
}

// Tried out in network namespaces of their own, which asks for root; a module that is not loaded yet is loaded by it.
std::vector<Facts::Part> kernel(bool root) {
    std::vector<Facts::Part> parts;
    for (const std::string type : {"bridge", "veth", "vxlan"}) {
        std::vector<std::string> words{"unshare", "--net", "ip", "link", "add", "probe0", "type", type};
        if (type == "vxlan")
            words.insert(words.end(), {"id", "1", "dstport", "4789"});
        parts.push_back({type, root ? made(words) : There::unknown});
    }
    parts.push_back(
        {"nftables", root ? made({"unshare", "--net", "nft", "add", "table", "inet", "probe"}) : There::unknown});
    std::error_code error;
    parts.push_back({"tun", fs::exists("/dev/net/tun", error) ? There::yes : There::no});
    for (const std::string name : {"overlay", "fuse"}) {
        auto there = filesystem(name);
        if (there == There::unknown && root)
            there = made({"modprobe", "-q", name}) == There::yes ? There::yes : There::no;
        parts.push_back({name, there});
    }
    return parts;
}

void cgroups(Facts& facts) {
    // Controllers still on v1 make it a v1 host, as for deploy/range-host.
    std::istringstream in(read_text("/proc/self/cgroup"));
    for (std::string line; std::getline(in, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos)
            continue;
        std::istringstream names(line.substr(first + 1, second - first - 1));
        for (std::string name; std::getline(names, name, ',');)
            if (!name.empty() && !name.starts_with("name="))
                facts.controllers.push_back(name);
        facts.cgroups = std::max(facts.cgroups, 2);
    }
    if (!facts.controllers.empty()) {
        facts.cgroups = 1;
        return;
    }
    std::istringstream names(read_text("/sys/fs/cgroup/cgroup.controllers"));
    for (std::string name; names >> name;)
        facts.controllers.push_back(name);
}

bool takes_connections(const fs::path& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.native().size() >= sizeof address.sun_path)
        return false;
    std::copy(socket.native().begin(), socket.native().end(), address.sun_path);
    const int file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool taken = ::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(file);
    return taken;
}

// A pid alone may have been reused; with its start time it cannot (deploy/range-host).
bool lives(const fs::path& host) {
    std::istringstream record(read_text(host / "pid"));
    std::string pid;
    std::string started;
    record >> pid >> started;
    const auto stat = read_text(fs::path("/proc") / pid / "stat");
    const auto end = stat.rfind(") ");
    if (pid.empty() || end == std::string::npos)
        return false;
    std::istringstream fields(stat.substr(end + 2));
    std::string field;
    for (int i = 0; i < 20; ++i)
        fields >> field;
    return field == started;
}

void range_host(Facts& facts, const Where& where) {
    facts.host_runs = takes_connections(where.host / "libvirt-sock");
    facts.host_program = !images::source_file("deploy/range-host").empty();
    std::error_code error;
    for (const std::string driver : {"qemu", "lxc"}) {
        const auto file = fmt::format("libvirt/connection-driver/libvirt_driver_{}.so", driver);
        const bool there =
            fs::exists("/usr/lib/x86_64-linux-gnu/" + file, error) || fs::exists("/usr/lib/" + file, error);
        facts.drivers.push_back({driver, there ? There::yes : There::no});
    }
    std::istringstream running(read_text(where.host / "accel"));
    running >> facts.accel;
    if (facts.accel.empty()) {
        // What deploy/range-host remembers, for as long as this machine is not booted anew.
        std::istringstream memory(read_text(where.state / "range-host/accel"));
        std::string accel;
        std::string boot;
        memory >> accel >> boot;
        std::istringstream now(read_text("/proc/sys/kernel/random/boot_id"));
        std::string this_boot;
        now >> this_boot;
        if (boot == this_boot)
            facts.accel = accel;
    }
    facts.kvm_device = fs::exists("/dev/kvm", error);
    for (const auto& entry : fs::directory_iterator(where.host.parent_path(), error))
        if (fs::exists(entry.path() / "pid", error) && fs::exists(entry.path() / "accel", error) &&
            !lives(entry.path()))
            facts.dead_hosts.push_back(entry.path().string());
}

std::int64_t meminfo(const std::string& text, const std::string& key) {
    const auto at = text.find(key + ":");
    return at == std::string::npos ? 0 : std::atoll(text.c_str() + at + key.size() + 1) / 1024;
}

fs::path nearest_existing(fs::path path) {
    std::error_code error;
    while (!fs::exists(path, error) && path.has_parent_path() && path != path.parent_path())
        path = path.parent_path();
    return path;
}

std::int64_t free_mib(const fs::path& folder) {
    std::error_code error;
    const auto space = fs::space(nearest_existing(folder), error);
    return error ? -1 : static_cast<std::int64_t>(space.available >> 20);
}

void resources(Facts& facts, const Where& where) {
    facts.cpus = static_cast<int>(std::thread::hardware_concurrency());
    const auto memory = read_text("/proc/meminfo");
    facts.memory_mib = meminfo(memory, "MemTotal");
    facts.free_memory_mib = meminfo(memory, "MemAvailable");
    facts.free_state_mib = free_mib(where.state);
    facts.free_images_mib = free_mib(where.images);
    facts.state_writable = ::access(nearest_existing(where.state).c_str(), W_OK) == 0;
    facts.inotify_instances = std::atoll(read_text("/proc/sys/fs/inotify/max_user_instances").c_str());
    facts.pid_max = std::atoll(read_text("/proc/sys/kernel/pid_max").c_str());
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        facts.open_files = static_cast<std::int64_t>(limit.rlim_max);
}

void stored_images(Facts& facts, const Where& where, const std::optional<plan::Plan>& plan) {
    const auto recipes = images::recipes();
    std::set<std::string> names(recipes.begin(), recipes.end());
    if (plan) {
        names.clear();
        for (const auto& machine : plan->machines)
            names.insert(machine.image);
        for (const auto& error : images::withheld(*plan, where.images))
            facts.withheld.push_back(error.object + ": " + error.message);
    }
    for (const auto& name : names) {
        Facts::Stored one{name, There::no, std::find(recipes.begin(), recipes.end(), name) != recipes.end(), ""};
        if (const auto image = images::read_image(where.images / name))
            one.there = images::is_known_good(*image) ? There::yes : There::unknown;
        else if (image.error().code != "image.missing")
            one.fault = image.error().message;
        facts.images.push_back(std::move(one));
    }
}

void network(Facts& facts, const Where& where) {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) == 0) {
        for (const auto* at = list; at != nullptr; at = at->ifa_next) {
            if (at->ifa_addr == nullptr || at->ifa_netmask == nullptr)
                continue;
            const bool v4 = at->ifa_addr->sa_family == AF_INET;
            if (!v4 && at->ifa_addr->sa_family != AF_INET6)
                continue;
            const auto bytes = [v4](const sockaddr* a) -> const unsigned char* {
                return v4 ? reinterpret_cast<const unsigned char*>(&reinterpret_cast<const sockaddr_in*>(a)->sin_addr)
                          : reinterpret_cast<const unsigned char*>(
                                &reinterpret_cast<const sockaddr_in6*>(a)->sin6_addr);
            };
            int prefix = 0;
            for (int i = 0; i < (v4 ? 4 : 16); ++i)
                prefix += std::popcount(bytes(at->ifa_netmask)[i]);
            std::array<char, INET6_ADDRSTRLEN> text{};
            ::inet_ntop(at->ifa_addr->sa_family, bytes(at->ifa_addr), text.data(), text.size());
            facts.addresses.push_back(fmt::format("{}/{}", text.data(), prefix));
        }
        ::freeifaddrs(list);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(where.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int yes = 1; // as the server does: connections that ended a moment ago do not count
    ::setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    facts.port_free = ::bind(file, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(file);
}

void time_of_day(Facts& facts, const Clock& clock) {
    facts.year = std::atoi(to_rfc3339(clock.wall()).c_str());
    timex state{};
    const int answer = ::adjtimex(&state);
    if (answer >= 0)
        facts.clock_synchronised = (static_cast<unsigned>(state.status) & STA_UNSYNC) != 0 ? There::no : There::yes;
}

// serve.json is the controller's for as long as it runs; what it says is where to reach it.
bool served(const fs::path& exercise) {
    const auto document = parse_json(read_text(exercise / "serve.json"));
    if (!document || !document->is_object())
        return true; // not for us to read
    const auto port = int_or(document->get_object(), "port");
    if (port <= 0)
        return true;
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool there = ::connect(file, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    ::close(file);
    return there;
}

void exercises(Facts& facts, const Where& where) {
    std::error_code error;
    for (const auto& exercise : fs::directory_iterator(where.state / "exercises", error))
        if (fs::exists(exercise.path() / "serve.json", error) && !served(exercise.path()))
            facts.orphans.push_back(exercise.path().filename().string());
}

void release(Facts& facts) {
    std::istringstream in(read_text("/etc/os-release"));
    std::string id;
    std::string version;
    for (std::string line; std::getline(in, line);) {
        auto value = line.substr(line.find('=') + 1);
        std::erase(value, '"');
        if (line.starts_with("PRETTY_NAME="))
            facts.release = value;
        else if (line.starts_with("ID="))
            id = value;
        else if (line.starts_with("VERSION_ID="))
            version = value;
    }
    facts.debian12 = id == "debian" && version == "12";
}

} // namespace

Facts gather(const Where& where, const std::optional<plan::Plan>& plan, const Clock& clock) {
    Facts facts;
    facts.root = ::geteuid() == 0;
    release(facts);
    facts.programs = programs();
    facts.kernel = kernel(facts.root);
    cgroups(facts);
    range_host(facts, where);
    resources(facts, where);
    stored_images(facts, where, plan);
    network(facts, where);
    time_of_day(facts, clock);
    exercises(facts, where);
    return facts;
}

} // namespace testudo::doctor
