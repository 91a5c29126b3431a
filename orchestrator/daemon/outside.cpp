#include "orchestrator/daemon/outside.hpp"

#include <arpa/inet.h>
#include <array>
#include <fmt/format.h>
#include <fstream>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>
#include <sstream>

#include "orchestrator/plan/address.hpp"

namespace testudo::daemon {
namespace {

using isolation::Outside;

std::string text_of(int family, const void* address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    return ::inet_ntop(family, address, text.data(), text.size()) ? text.data() : "";
}

void add_own(std::vector<Outside>& out, std::uint16_t port) {
    ifaddrs* raw = nullptr;
    if (::getifaddrs(&raw) != 0)
        return;
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all(raw, &::freeifaddrs);
    for (const auto* one = all.get(); one; one = one->ifa_next) {
        if (!one->ifa_addr || (one->ifa_flags & IFF_LOOPBACK) != 0)
            continue;
        std::string address;
        if (one->ifa_addr->sa_family == AF_INET)
            address = text_of(AF_INET, &reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr);
        if (one->ifa_addr->sa_family == AF_INET6) {
            const auto& in6 = reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr;
            if (!IN6_IS_ADDR_LINKLOCAL(&in6)) // means something else on every segment
                address = text_of(AF_INET6, &in6);
        }
        if (address.empty())
            continue;
        out.push_back({"the controller's machine", address, 0});
        if (port != 0)
            out.push_back({"the controller", address, port});
    }
}

// /proc/net/route: the default one's gateway, in hexadecimal and host order (proc(5)).
void add_gateways(std::vector<Outside>& out) {
    std::ifstream file("/proc/net/route");
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string device;
        std::string to;
        std::uint32_t gateway = 0;
        if (words >> device >> to >> std::hex >> gateway && to == "00000000" && gateway != 0)
            out.push_back({"its gateway", text_of(AF_INET, &gateway), 0});
    }
}

void add_name_servers(std::vector<Outside>& out) {
    std::ifstream file("/etc/resolv.conf");
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string word;
        std::string address;
        if (words >> word >> address && word == "nameserver" && plan::parse_address(address) &&
            !address.starts_with("127.") && address != "::1")
            out.push_back({"its name server", address, 53});
    }
}

} // namespace

std::vector<Outside> outside_of_range(std::uint16_t port) {
    std::vector<Outside> out;
    add_own(out, port);
    add_gateways(out);
    add_name_servers(out);
    out.push_back({"a cloud's secrets", "169.254.169.254", 80});
    return out;
}

} // namespace testudo::daemon
