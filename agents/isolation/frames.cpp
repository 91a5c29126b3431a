#include "agents/isolation/frames.hpp"

#include <boost/asio/ip/address_v6.hpp>

namespace testudo::agents {
namespace {

using namespace std::string_literals;

const auto ipv4_type = "\x08\x00"s;
const auto arp_type = "\x08\x06"s;
const auto ipv6_type = "\x86\xdd"s;
constexpr char experiment = '\xfd';
constexpr char icmpv6 = '\x3a';

std::string in_network_order(std::size_t value) {
    return {static_cast<char>(value >> 8 & 0xff), static_cast<char>(value & 0xff)};
}

// RFC 1071.
std::string checksum(std::string data) {
    data.resize(data.size() + data.size() % 2);
    unsigned sum = 0;
    for (std::size_t i = 0; i < data.size(); i += 2)
        sum +=
            static_cast<unsigned>(static_cast<unsigned char>(data[i])) << 8 | static_cast<unsigned char>(data[i + 1]);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return in_network_order(~sum & 0xffff);
}

std::string arp(const std::string& to_mac, char operation, const std::string& mac, const std::string& sender,
                const std::string& target_mac, const std::string& target) {
    return to_mac + mac + arp_type + "\x00\x01\x08\x00\x06\x04\x00"s + operation + mac + sender + target_mac + target;
}

std::string ipv6(const std::string& from, const std::string& to, char protocol, const std::string& payload) {
    return "\x60\x00\x00\x00"s + in_network_order(payload.size()) + protocol + '\xff' + from + to + payload;
}

std::string icmpv6_packet(const std::string& from, const std::string& to, std::string message) {
    const auto pseudo = from + to + "\x00\x00"s + in_network_order(message.size()) + "\x00\x00\x00"s + icmpv6;
    message.replace(2, 2, checksum(pseudo + message));
    return ipv6(from, to, icmpv6, message);
}

} // namespace

std::string bytes_of(const Address& address) {
    const auto raw = [](const auto& bytes) { return std::string(bytes.begin(), bytes.end()); };
    return address.is_v4() ? raw(address.to_v4().to_bytes()) : raw(address.to_v6().to_bytes());
}

std::string mac_bytes(std::string_view text) {
    std::string out;
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
    if (text.size() != 17)
        return {};
    for (std::size_t i = 0; i < text.size(); i += 3) {
        const auto high = digit(text[i]);
        const auto low = digit(text[i + 1]);
        if (high < 0 || low < 0 || (i + 2 < text.size() && text[i + 2] != ':'))
            return {};
        out += static_cast<char>(high << 4 | low);
    }
    return out;
}

std::string mac_text(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (!out.empty())
            out += ':';
        out += digits[byte >> 4];
        out += digits[byte & 0xf];
    }
    return out;
}

std::string arp_request(const std::string& mac, const std::string& own, const std::string& wanted) {
    return arp(everybody, '\x01', mac, own, std::string(6, '\0'), wanted);
}

std::string arp_reply(const std::string& to_mac, const std::string& mac, const std::string& claimed,
                      const std::string& to, std::string_view payload) {
    return arp(to_mac, '\x02', mac, claimed, to_mac, to).append(payload);
}

std::string packet(const std::string& to_mac, const std::string& mac, const std::string& from, const std::string& to,
                   std::string_view payload) {
    if (from.size() == 16)
        return to_mac + mac + ipv6_type + ipv6(from, to, experiment, std::string(payload));
    auto head = "\x45\x00"s + in_network_order(20 + payload.size()) + "\x00\x00\x00\x00\x40"s + experiment +
                "\x00\x00"s + from + to;
    head.replace(10, 2, checksum(head));
    return (to_mac + mac + ipv4_type + head).append(payload);
}

std::string echo_to_all(const std::string& mac, const std::string& own) {
    const auto all = bytes_of(boost::asio::ip::make_address("ff02::1"));
    return "\x33\x33\x00\x00\x00\x01"s + mac + ipv6_type + icmpv6_packet(own, all, "\x80\x00\x00\x00\x7e\x57\x00\x01"s);
}

std::string advertisement(const std::string& to_mac, const std::string& mac, const std::string& from,
                          const std::string& to, const std::string& claimed, std::string_view payload) {
    // Solicited, overriding; then the option with the sender's MAC.
    const auto message = ("\x88\x00\x00\x00\x60\x00\x00\x00"s + claimed + "\x02\x01"s + mac).append(payload);
    return to_mac + mac + ipv6_type + icmpv6_packet(from, to, message);
}

} // namespace testudo::agents
