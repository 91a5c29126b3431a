#include "agents/agent/network_setup.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agents/probes/reach.hpp"

namespace testudo::agents {
namespace {

bool is_link_name(const std::string& name) {
    return !name.empty() && name.size() <= 15 && name[0] != '-' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    });
}

} // namespace

// Asked of the kernel, not read from /sys: that shows the network namespace of whoever mounted it.
Links present_links() {
    Links links;
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    auto* names = ::if_nameindex();
    for (const auto* link = names; link != nullptr && link->if_name != nullptr; ++link) {
        ifreq request{};
        std::strncpy(request.ifr_name, link->if_name, IFNAMSIZ - 1);
        if (::ioctl(fd, SIOCGIFHWADDR, &request) != 0)
            continue;
        std::array<char, 18> mac{};
        const auto* bytes = reinterpret_cast<const unsigned char*>(request.ifr_hwaddr.sa_data);
        std::snprintf(mac.data(), mac.size(), "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3],
                      bytes[4], bytes[5]);
        links.emplace_back(link->if_name, mac.data());
    }
    ::if_freenameindex(names);
    ::close(fd);
    return links;
}

Result<std::string> ip_batch(const PersonaliseSpec& spec, const Links& links) {
    std::string out = "link set dev lo up\n";
    std::string renames;
    std::string settings;
    for (std::size_t i = 0; i < spec.interfaces.size(); ++i) {
        const auto& interface = spec.interfaces[i];
        const auto link = std::find_if(links.begin(), links.end(),
                                       [&](const auto& l) { return !l.second.empty() && l.second == interface.mac; });
        if (link == links.end())
            return fail("failed", interface.name, "there is no interface with the MAC address " + interface.mac);
        if (!is_link_name(interface.name))
            return fail("refused.params", interface.name, "not the name of an interface");
        const auto set = "link set dev " + interface.name + " ";
        if (link->first != interface.name) {
            // In two moves: the name may be in use by another interface that gets its own one.
            const auto between = "testudo" + std::to_string(i);
            out += "link set dev " + link->first + " down\n";
            out += "link set dev " + link->first + " name " + between + "\n";
            renames += "link set dev " + between + " name " + interface.name + "\n";
        }
        settings += "address flush dev " + interface.name + "\n";
        for (const auto& address : {interface.ipv4, interface.ipv6}) {
            if (address.empty())
                continue;
            const auto network = Network::parse(address);
            if (!network)
                return tl::unexpected(network.error());
            // An address of version 6 works at once only if nobody waits for its duplicates.
            const bool v6 = network->base().is_v6();
            settings += "address add " + address + (v6 ? " nodad" : " brd +") + " dev " + interface.name + "\n";
        }
        settings += set + "up\n";
    }
    for (const auto& route : spec.routes) {
        const auto to = Network::parse(route.to);
        const auto via = parse_address(route.via);
        if (!to || !via)
            return tl::unexpected(!to ? to.error() : via.error());
        settings += "route replace " + route.to + " via " + route.via + "\n";
    }
    return out + renames + settings;
}

std::vector<Setting> kernel_settings(const PersonaliseSpec& spec) {
    std::vector<Setting> out;
    const std::string v6 = "net/ipv6/conf/";
    const std::string forwarding = spec.forwards ? "1" : "0";
    std::vector<std::string> names{"all", "default"};
    for (const auto& interface : spec.interfaces)
        names.push_back(interface.name);
    // Forwarding first: switching it sets other settings back to their defaults.
    out.push_back({"net/ipv4/ip_forward", forwarding});
    out.push_back({v6 + "all/forwarding", forwarding});
    for (const auto& name : names) {
        out.push_back({v6 + name + "/disable_ipv6", "0"});
        out.push_back({v6 + name + "/accept_ra", "0"});
        out.push_back({v6 + name + "/accept_dad", "0"});
        out.push_back({"net/ipv4/conf/" + name + "/rp_filter", "0"});
    }
    return out;
}

std::string hosts_file(const PersonaliseSpec& spec) {
    std::string out =
        "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n127.0.1.1 " + spec.hostname + "\n";
    for (const auto& [address, name] : spec.hosts)
        out += address + " " + name + "\n";
    return out;
}

} // namespace testudo::agents
