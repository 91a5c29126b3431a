#include "orchestrator/daemon/host.hpp"

#include "orchestrator/libvirt/libvirt_hypervisor.hpp"

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

} // namespace

Result<std::unique_ptr<range::Hypervisor>> connect(Loop& loop, const Host& host) {
    if (!host.connect.empty()) {
        if (!host.connect.starts_with("qemu"))
            return fail("host.uri", host.connect,
                        "must begin with qemu, e.g. qemu:///system; the containers' driver is found by itself");
        // Nobody has timed this host's KVM; software emulation works everywhere.
        return libvirt::make_hypervisor(loop, {host.connect, lxc_uri_of(host.connect), "tcg", host.images, host.disks,
                                               agent_program(), host.golden});
    }
    if (!fs::exists(host.range_host / "libvirt-sock"))
        return fail("host.absent", host.range_host.string(),
                    "no private range host runs there: start it with `deploy/range-host start`, or name another "
                    "libvirt with --connect");
    auto there = libvirt::Host::private_host(host.range_host, host.images, host.disks, agent_program());
    there.golden = host.golden;
    return libvirt::make_hypervisor(loop, std::move(there));
}

} // namespace testudo::daemon
