#include "orchestrator/libvirt/packet_guard.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "orchestrator/libvirt/command.hpp"

namespace testudo::libvirt {
namespace {

using Elements = std::vector<std::string>;

std::string table_of(const std::string& exercise) {
    return "tst-" + exercise;
}

std::string set_of(std::string_view name, std::string_view type, const Elements& elements) {
    const auto filled =
        elements.empty() ? std::string() : fmt::format(" elements = {{ {} }}", fmt::join(elements, ", "));
    return fmt::format("    set {} {{ {};{} }}\n", name, type, filled);
}

// nft compares raw payload with numbers only.
std::string as_number(const std::string& ipv6) {
    std::array<unsigned char, 16> bytes{};
    if (::inet_pton(AF_INET6, ipv6.c_str(), bytes.data()) != 1)
        throw std::logic_error("guard: no IPv6 address: " + ipv6);
    return fmt::format("0x{:02x}", fmt::join(bytes, ""));
}

// Of a neighbour advertisement (RFC 4861, 4.4) the target is the third to sixth word, and its first ten bits are those
// of fe80::/10 where it is a link-local one.
constexpr std::string_view chains = R"(
    chain from_machine {
        type filter hook prerouting priority -250; policy accept;
        iifname != @ports accept
        ether type != { ip, ip6, arp } counter drop comment "other protocols"
        iifname . ether saddr != @macs counter drop comment "forged Ethernet address"
        ether type arp iifname . arp saddr ether != @macs counter drop comment "forged Ethernet address in ARP"
        ether type arp arp saddr ip != 0.0.0.0 iifname . arp saddr ip != @ipv4 counter drop comment "forged ARP"
        icmpv6 type nd-neighbor-advert @th,64,10 != 0x3fa iifname . @th,64,128 != @targets counter drop comment "forged neighbour"
        iifname @routers accept
        icmpv6 type { nd-router-advert, nd-redirect } counter drop comment "forged router"
        icmp type redirect counter drop comment "forged router"
        ip saddr != 0.0.0.0 iifname . ip saddr != @ipv4 counter drop comment "forged source"
        ip6 saddr != :: ip6 saddr != fe80::/10 iifname . ip6 saddr != @ipv6 counter drop comment "forged source"
    }
    chain between_machines {
        type filter hook forward priority -250; policy accept;
        iifname != @ports oifname != @ports accept
        iifname != @ports counter drop comment "from a stranger"
        oifname != @ports counter drop comment "to a stranger"
        ether daddr & 01:00:00:00:00:00 == 00:00:00:00:00:00 oifname . ether daddr != @macs counter drop comment "not for it"
    }
    chain to_host {
        type filter hook input priority -250; policy accept;
        iifname @ports counter drop comment "to the host"
    }
    chain from_host {
        type filter hook output priority -250; policy accept;
        oifname @ports counter drop comment "from the host"
    }
}
)";

// Where the socket of a URI of this machine is; nothing for other machines.
std::optional<std::string> socket_of(const std::string& uri) {
    const auto scheme = uri.substr(0, uri.find("://"));
    const auto rest = uri.substr(std::min(uri.size(), scheme.size() + 3));
    const bool local = scheme == "qemu" || scheme == "qemu+unix";
    if (!local || !rest.starts_with("/system"))
        return std::nullopt;
    const auto named = rest.find("socket=");
    return named == std::string::npos ? "/run/libvirt/libvirt-sock" : rest.substr(named + 7, rest.find('&', named));
}

// The process that listens there: its network namespace is the one with the bridges.
Result<pid_t> listener_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail("range.guard", path, "the path of the socket is too long");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool known = socket >= 0 && ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    const auto why = errno;
    ::close(socket);
    if (!known)
        return fail("range.guard", path, std::string("nobody listens there: ") + std::strerror(why));
    return peer.pid;
}

} // namespace

std::string no_guard_rules(const std::string& exercise) {
    // Made before it is deleted, because deleting what is not there is an error.
    return fmt::format("table bridge {0}\ndelete table bridge {0}\n", table_of(exercise));
}

std::string guard_rules(const range::Guard& guard) {
    Elements ports;
    Elements routers;
    Elements macs;
    Elements ipv4;
    Elements ipv6;
    Elements targets;
    for (const auto& port : guard.ports) {
        const auto device = fmt::format("\"{}\"", port.device);
        ports.push_back(device);
        macs.push_back(fmt::format("{} . {}", device, port.mac));
        if (port.forwards)
            routers.push_back(device);
        if (!port.ipv4.empty())
            ipv4.push_back(fmt::format("{} . {}", device, port.ipv4));
        if (port.ipv6.empty())
            continue;
        ipv6.push_back(fmt::format("{} . {}", device, port.ipv6));
        targets.push_back(fmt::format("{} . {}", device, as_number(port.ipv6)));
    }
    return no_guard_rules(guard.exercise) + fmt::format("table bridge {} {{\n", table_of(guard.exercise)) +
           set_of("ports", "type ifname", ports) + set_of("routers", "type ifname", routers) +
           set_of("macs", "type ifname . ether_addr", macs) + set_of("ipv4", "type ifname . ipv4_addr", ipv4) +
           set_of("ipv6", "type ifname . ipv6_addr", ipv6) + set_of("targets", "typeof iifname . @th,64,128", targets) +
           std::string(chains);
}

Result<void> load_guard_rules(const std::string& uri, const std::string& rules) {
    const auto socket = socket_of(uri);
    if (!socket)
        return fail("range.unsupported", uri, "packets can be guarded on this machine only");
    const auto listener = listener_at(*socket);
    if (!listener)
        return tl::unexpected(listener.error());
    const auto loaded =
        run_command({"nsenter", fmt::format("--net=/proc/{}/ns/net", *listener), "nft", "-f", "-"}, rules);
    if (!loaded)
        return fail("range.guard", loaded.error().object,
                    "the rules that hold machines to their addresses were refused: " + loaded.error().message);
    return {};
}

} // namespace testudo::libvirt
