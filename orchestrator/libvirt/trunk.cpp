#include "orchestrator/libvirt/trunk.hpp"

#include <fmt/format.h>

#include "orchestrator/libvirt/host_commands.hpp"

namespace testudo::libvirt {
namespace {

Error of_trunk(const Error& error, const std::string& bridge) {
    if (error.code == "range.unsupported")
        return error;
    return {"range.trunk", bridge, "the way to the segment's part on other hosts: " + error.message};
}

} // namespace

std::string trunk_device(const std::string& bridge) {
    return "tx" + bridge.substr(std::min<std::size_t>(bridge.size(), 2)); // bridges are "tb" and 13 digits
}

Result<void> make_trunk(const std::string& uri, const std::string& bridge, const range::Trunk& trunk) {
    if (auto removed = remove_trunk(uri, bridge); !removed)
        return removed;
    const auto device = trunk_device(bridge);
    // Without a lower device the kernel assumes 1500 outside and would give less than that inside.
    auto done = run_on_host(uri, {"ip", "link", "add", device, "mtu", "1500", "type", "vxlan", "id",
                                  std::to_string(trunk.vni), "local", trunk.local, "dstport", "4789"});
    std::string peers; // every frame for all, or for a machine not seen yet, goes to each of them
    for (const auto& peer : trunk.peers)
        peers += fmt::format("fdb append 00:00:00:00:00:00 dev {} dst {}\n", device, peer);
    if (done)
        done = run_on_host(uri, {"bridge", "-batch", "-"}, peers);
    if (done)
        done = run_on_host(uri, {"ip", "link", "set", device, "addrgenmode", "none", "master", bridge, "up"});
    return done ? Result<void>() : tl::unexpected(of_trunk(done.error(), bridge));
}

Result<void> remove_trunk(const std::string& uri, const std::string& bridge) {
    const auto gone = run_on_host(uri, {"ip", "link", "delete", trunk_device(bridge)});
    if (gone || gone.error().code == "range.unsupported" ||
        gone.error().message.find("Cannot find device") != std::string::npos)
        return {};
    return tl::unexpected(of_trunk(gone.error(), bridge));
}

} // namespace testudo::libvirt
