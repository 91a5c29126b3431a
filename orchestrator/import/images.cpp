#include "orchestrator/import/images.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace testudo::import_ {
namespace {

enum class Family { linux_system, network_system, bsd, windows, mac };

struct Word {
    std::string_view text;
    Family family;
};

// In the order of their weight: "win10-kali-tools" is a Windows.
constexpr std::array words{Word{"windows", Family::windows},
                           Word{"winserver", Family::windows},
                           Word{"win-", Family::windows},
                           Word{"win7", Family::windows},
                           Word{"win8", Family::windows},
                           Word{"win10", Family::windows},
                           Word{"win11", Family::windows},
                           Word{"win20", Family::windows},
                           Word{"win_", Family::windows},
                           Word{"win2k", Family::windows},
                           Word{"macos", Family::mac},
                           Word{"osx", Family::mac},
                           Word{"freebsd", Family::bsd},
                           Word{"openbsd", Family::bsd},
                           Word{"netbsd", Family::bsd},
                           Word{"pfsense", Family::network_system},
                           Word{"opnsense", Family::network_system},
                           Word{"vyos", Family::network_system},
                           Word{"vyatta", Family::network_system},
                           Word{"minirouter", Family::network_system},
                           Word{"frr", Family::network_system},
                           Word{"quagga", Family::network_system},
                           Word{"openwrt", Family::network_system},
                           Word{"cumulus", Family::network_system},
                           Word{"cvx", Family::network_system},
                           Word{"sonic", Family::network_system},
                           Word{"srl", Family::network_system},
                           Word{"ceos", Family::network_system},
                           Word{"veos", Family::network_system},
                           Word{"crpd", Family::network_system},
                           Word{"junos", Family::network_system},
                           Word{"vmx", Family::network_system},
                           Word{"vqfx", Family::network_system},
                           Word{"vsrx", Family::network_system},
                           Word{"sros", Family::network_system},
                           Word{"xrv", Family::network_system},
                           Word{"xrd", Family::network_system},
                           Word{"csr", Family::network_system},
                           Word{"c8000", Family::network_system},
                           Word{"nxos", Family::network_system},
                           Word{"n9kv", Family::network_system},
                           Word{"asav", Family::network_system},
                           Word{"cisco", Family::network_system},
                           Word{"mikrotik", Family::network_system},
                           Word{"routeros", Family::network_system},
                           Word{"panos", Family::network_system},
                           Word{"forti", Family::network_system},
                           Word{"arista", Family::network_system},
                           Word{"juniper", Family::network_system},
                           Word{"nokia", Family::network_system},
                           Word{"checkpoint", Family::network_system},
                           Word{"ocnos", Family::network_system},
                           Word{"router", Family::network_system},
                           Word{"firewall", Family::network_system},
                           Word{"debian", Family::linux_system},
                           Word{"ubuntu", Family::linux_system},
                           Word{"kali", Family::linux_system},
                           Word{"centos", Family::linux_system},
                           Word{"fedora", Family::linux_system},
                           Word{"alma", Family::linux_system},
                           Word{"rocky", Family::linux_system},
                           Word{"rhel", Family::linux_system},
                           Word{"redhat", Family::linux_system},
                           Word{"suse", Family::linux_system},
                           Word{"alpine", Family::linux_system},
                           Word{"parrot", Family::linux_system},
                           Word{"linux", Family::linux_system},
                           Word{"cirros", Family::linux_system},
                           Word{"busybox", Family::linux_system},
                           Word{"multitool", Family::linux_system},
                           Word{"nginx", Family::linux_system},
                           Word{"httpd", Family::linux_system},
                           Word{"apache", Family::linux_system},
                           Word{"postgres", Family::linux_system},
                           Word{"mysql", Family::linux_system},
                           Word{"mariadb", Family::linux_system},
                           Word{"python", Family::linux_system},
                           Word{"iperf", Family::linux_system},
                           Word{"wireguard", Family::linux_system},
                           Word{"protonuke", Family::linux_system},
                           Word{"metasploit", Family::linux_system},
                           Word{"dvwa", Family::linux_system},
                           Word{"deb-", Family::linux_system},
                           Word{"deb1", Family::linux_system},
                           Word{"docker", Family::linux_system},
                           Word{"xenial", Family::linux_system},
                           Word{"bionic", Family::linux_system},
                           Word{"focal", Family::linux_system},
                           Word{"jammy", Family::linux_system},
                           Word{"noble", Family::linux_system},
                           Word{"bullseye", Family::linux_system},
                           Word{"bookworm", Family::linux_system}};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

const Word* known(const std::string& text) {
    for (const auto& word : words)
        if (text.find(word.text) != std::string::npos)
            return &word;
    return nullptr;
}

} // namespace

std::string_view held_package(std::string_view image, std::string_view package) {
    // deploy/images/debian-range/recipe says the same, which a test compares.
    static constexpr std::array held{
        "openssh-server", "openssh-client", "sshpass",       "sudo",           "nginx-light",      "nsd",
        "postfix",        "python3",        "postgresql-15", "nftables",       "python3-psycopg2", "iproute2",
        "curl",           "iputils-ping",   "procps",        "bind9-dnsutils", "netcat-openbsd",   "less",
        "vim-tiny",       "passwd"};
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 11> called{
        {{"nginx", "nginx-light"},
         {"ssh", "openssh-server"},
         {"python", "python3"},
         {"postgresql", "postgresql-15"},
         {"vim", "vim-tiny"},
         {"nc", "netcat-openbsd"},
         {"netcat", "netcat-openbsd"},
         {"dnsutils", "bind9-dnsutils"},
         {"bind-utils", "bind9-dnsutils"},
         {"iproute", "iproute2"},
         {"openssh", "openssh-server"}}};
    if (image != "debian-range")
        return "";
    for (const auto& [other, ours] : called)
        if (other == package)
            package = ours;
    const auto* found = std::find(held.begin(), held.end(), package);
    return found == held.end() ? "" : *found;
}

StandIn stand_in(std::string_view image, std::string_view family) {
    const auto name = lower(image);
    if (name == "debian-range")
        return {name, "container", "one of ours", true, false};
    const auto* word = known(name);
    if (!word || (word->family == Family::linux_system && !family.empty()))
        if (const auto* said = known(lower(family)))
            word = said;
    if (!word)
        return {"debian-range", "container", "a system that is not known here", name.empty(), false};
    switch (word->family) {
    case Family::linux_system:
        return {"debian-range", "container", "a Linux system", true, false};
    case Family::network_system:
        return {"debian-range", "container", "the system of a router or switch", true, true};
    case Family::bsd:
        return {"debian-vm", "vm", "a BSD system", true, false};
    case Family::windows:
        return {"debian-range", "container", "a Windows system", false, false};
    case Family::mac:
        return {"debian-range", "container", "a macOS system", false, false};
    }
    return {};
}

} // namespace testudo::import_
