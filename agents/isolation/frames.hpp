#pragma once
#include <string>
#include <string_view>

#include "agents/probes/reach.hpp"

// Whole Ethernet frames as bytes. Addresses are bytes as on the wire: MACs of six, IPv4 of four, IPv6 of sixteen.
namespace testudo::agents {

std::string bytes_of(const Address& address);
// "02:00:00:00:00:11"; empty if it is none.
std::string mac_bytes(std::string_view text);
std::string mac_text(std::string_view bytes);

const std::string everybody(6, '\xff');

// RFC 826. `payload` follows behind, where Ethernet would pad.
std::string arp_request(const std::string& mac, const std::string& own, const std::string& wanted);
std::string arp_reply(const std::string& to_mac, const std::string& mac, const std::string& claimed,
                      const std::string& to, std::string_view payload);
// RFC 791 and RFC 8200, with protocol 253, which is kept for experiments (RFC 3692): nobody acts on it.
std::string packet(const std::string& to_mac, const std::string& mac, const std::string& from, const std::string& to,
                   std::string_view payload);
// RFC 4443: an echo request to all nodes of the segment, ff02::1.
std::string echo_to_all(const std::string& mac, const std::string& own);
// RFC 4861: a neighbour advertisement that claims an address for this MAC.
std::string advertisement(const std::string& to_mac, const std::string& mac, const std::string& from,
                          const std::string& to, const std::string& claimed, std::string_view payload);

} // namespace testudo::agents
