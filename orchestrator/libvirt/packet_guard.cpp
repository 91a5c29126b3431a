#include "orchestrator/libvirt/packet_guard.hpp"

#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/libvirt/host_commands.hpp"
#include "orchestrator/libvirt/trunk.hpp"

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
// What comes through a trunk was held to its addresses by the guard of the host that sent it.
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
        iifname != @ports iifname != @trunks counter drop comment "from a stranger"
        oifname != @ports oifname != @trunks counter drop comment "to a stranger"
        oifname @trunks accept
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
    Elements trunks;
    for (const auto& bridge : guard.trunked)
        trunks.push_back(fmt::format("\"{}\"", trunk_device(bridge)));
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
           set_of("ipv6", "type ifname . ipv6_addr", ipv6) + set_of("trunks", "type ifname", trunks) +
           set_of("targets", "typeof iifname . @th,64,128", targets) + std::string(chains);
}

Result<void> load_guard_rules(const std::string& uri, const std::string& rules) {
    const auto loaded = run_on_host(uri, {"nft", "-f", "-"}, rules);
    if (!loaded && loaded.error().code == "range.unsupported")
        return loaded;
    if (!loaded)
        return fail("range.guard", loaded.error().object,
                    "the rules that hold machines to their addresses were refused: " + loaded.error().message);
    return {};
}

} // namespace testudo::libvirt
