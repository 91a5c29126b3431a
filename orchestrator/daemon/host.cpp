#include "orchestrator/daemon/host.hpp"

#include "orchestrator/libvirt/libvirt_hypervisor.hpp"
#include "orchestrator/range/host_pool.hpp"

namespace testudo::daemon {
namespace fs = std::filesystem;
namespace {

// The agent is installed beside this program.
fs::path agent_program() {
    return fs::read_symlink("/proc/self/exe").parent_path() / "testudo-agent";
}

// "qemu+ssh://host/system" -> "lxc+ssh://host/system": the same daemon, its other driver.
std::string lxc_uri_of(const std::string& qemu_uri) {
    return "lxc" + qemu_uri.substr(4);
}

tl::unexpected<Error> wrong_uri(const std::string& uri) {
    return fail("host.uri", uri,
                "must begin with qemu, e.g. qemu:///system; the containers' driver is found by itself");
}

// Nobody has timed this host's KVM; software emulation works everywhere.
libvirt::Host remote(const std::string& uri, const fs::path& images, const fs::path& disks) {
    return {uri, lxc_uri_of(uri), "tcg", images, disks, agent_program()};
}

Result<std::unique_ptr<range::Hypervisor>> connect_one(Loop& loop, const Host& host) {
    if (!host.connect.empty()) {
        if (!host.connect.starts_with("qemu"))
            return wrong_uri(host.connect);
        auto there = remote(host.connect, host.images, host.disks);
        there.golden = host.golden;
        return libvirt::make_hypervisor(loop, std::move(there));
    }
    if (!fs::exists(host.range_host / "libvirt-sock"))
        return fail("host.absent", host.range_host.string(),
                    "no private range host runs there: start it with `deploy/range-host start`, or name another "
                    "libvirt with --connect");
    auto there = libvirt::Host::private_host(host.range_host, host.images, host.disks, agent_program());
    there.golden = host.golden;
    return libvirt::make_hypervisor(loop, std::move(there));
}

// How often it is looked whether all hosts are there.
constexpr Millis watch_period{5'000};

// Each with folders of its own: files that one host does not know are leftovers to it. A host that is not there yet, or
// any more, is lost, which is no reason not to work on the others.
Result<std::unique_ptr<range::Hypervisor>> connect_all(Loop& loop, const Host& host) {
    std::vector<range::HostPool::Member> members;
    for (const auto& address : host.hosts) {
        if (address.connect.empty() && address.range_host.empty())
            return fail("host.uri", address.id, "nobody knows where it is: run `testudo up --hosts FILE` again");
        if (!address.connect.empty() && !address.connect.starts_with("qemu"))
            return wrong_uri(address.connect);
        auto there = address.connect.empty() ? libvirt::Host::private_host(address.range_host, host.images,
                                                                           host.disks / address.id, agent_program())
                                             : remote(address.connect, host.images, host.disks / address.id);
        there.golden = host.golden / address.id;
        members.push_back({address.id, address.underlay, libvirt::make_hypervisor(loop, std::move(there))});
    }
    auto pool = std::make_unique<range::HostPool>(loop, std::move(members));
    pool->watch(watch_period);
    return pool;
}

} // namespace

Result<std::unique_ptr<range::Hypervisor>> connect(Loop& loop, const Host& host) {
    return host.hosts.empty() ? connect_one(loop, host) : connect_all(loop, host);
}

} // namespace testudo::daemon
