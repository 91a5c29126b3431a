#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testudo::agents {

enum class DnsType : std::uint16_t { a = 1, ns = 2, mx = 15, txt = 16, aaaa = 28 };
std::optional<DnsType> dns_type(std::string_view name);

struct DnsAnswer {
    int rcode = 0;
    bool truncated = false;
    // Records of the type that was asked for, as text: an address, a name, "10 mail.example.org", or a TXT's strings
    // joined.
    std::vector<std::string> records;
};

// The question as a packet; empty if the name has an empty or too long label.
std::optional<std::string> encode_dns_question(std::uint16_t id, std::string_view name, DnsType type);
// Empty unless it is a well-formed answer to exactly that question. Compression loops and lengths that point outside of
// the packet are recognised.
std::optional<DnsAnswer> decode_dns_answer(std::string_view packet, std::uint16_t id, std::string_view name,
                                           DnsType type);
// "Example.ORG." and "example.org" are the same name.
std::string canonical_dns_name(std::string_view name);

} // namespace testudo::agents
