#include "agents/probes/dns_message.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>

namespace testudo::agents {
namespace {

constexpr std::size_t header_size = 12;

// Reads forwards through a packet; after reading past its end `good` is false and everything read is zero.
class Reader {
  public:
    Reader(std::string_view packet, std::size_t at) : packet_(packet), at_(at) {}

    bool good() const { return good_; }
    std::size_t at() const { return at_; }

    unsigned u8() {
        if (!has(1))
            return 0;
        return static_cast<unsigned char>(packet_[at_++]);
    }
    unsigned u16() {
        const auto high = u8();
        return high << 8 | u8();
    }
    std::string_view bytes(std::size_t size) {
        if (!has(size))
            return {};
        at_ += size;
        return packet_.substr(at_ - size, size);
    }
    void skip(std::size_t size) { bytes(size); }

    std::string name() {
        std::string out;
        auto at = at_;
        bool followed = false;
        // A pointer may only lead backwards, so there are fewer of them than bytes; the length ends it much earlier.
        for (auto lowest = at_;;) {
            if (at >= packet_.size() || out.size() > 255)
                return broken();
            const auto length = static_cast<unsigned char>(packet_[at]);
            if ((length & 0xc0) == 0xc0) {
                if (at + 1 >= packet_.size())
                    return broken();
                const auto to =
                    static_cast<std::size_t>(length & 0x3f) << 8 | static_cast<unsigned char>(packet_[at + 1]);
                if (!followed)
                    at_ = at + 2;
                followed = true;
                if (to >= lowest)
                    return broken();
                lowest = at = to;
                continue;
            }
            if (length > 63 || at + 1 + length > packet_.size())
                return broken();
            if (length == 0)
                break;
            if (!out.empty())
                out += '.';
            out += packet_.substr(at + 1, length);
            at += 1 + length;
        }
        if (!followed)
            at_ = at + 1;
        return canonical_dns_name(out);
    }

  private:
    bool has(std::size_t size) {
        good_ = good_ && size <= packet_.size() && at_ <= packet_.size() - size;
        return good_;
    }
    std::string broken() {
        good_ = false;
        return "";
    }

    std::string_view packet_;
    std::size_t at_;
    bool good_ = true;
};

void put16(std::string& out, unsigned value) {
    out += static_cast<char>(value >> 8 & 0xff);
    out += static_cast<char>(value & 0xff);
}

template <class Addr> std::string address_text(std::string_view data) {
    typename Addr::bytes_type bytes;
    if (data.size() != bytes.size())
        return "";
    std::copy(data.begin(), data.end(), bytes.begin());
    return Addr(bytes).to_string();
}

std::string record_text(std::string_view packet, std::size_t at, std::size_t length, DnsType type) {
    Reader in(packet.substr(0, at + length), at);
    switch (type) {
    case DnsType::a:
        return address_text<boost::asio::ip::address_v4>(in.bytes(length));
    case DnsType::aaaa:
        return address_text<boost::asio::ip::address_v6>(in.bytes(length));
    case DnsType::ns:
        return in.name();
    case DnsType::mx: {
        const auto preference = in.u16();
        const auto exchange = in.name();
        return in.good() ? std::to_string(preference) + " " + exchange : "";
    }
    case DnsType::txt:
        break;
    }
    std::string joined;
    while (in.good() && in.at() < at + length)
        joined += in.bytes(in.u8());
    return joined;
}

} // namespace

std::optional<DnsType> dns_type(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, DnsType>, 5> types{
        {{"A", DnsType::a}, {"AAAA", DnsType::aaaa}, {"MX", DnsType::mx}, {"TXT", DnsType::txt}, {"NS", DnsType::ns}}};
    for (const auto& [text, type] : types)
        if (text == name)
            return type;
    return std::nullopt;
}

std::string canonical_dns_name(std::string_view name) {
    std::string out(name);
    if (out.ends_with('.'))
        out.pop_back();
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

std::optional<std::string> encode_dns_question(std::uint16_t id, std::string_view name, DnsType type) {
    std::string out;
    put16(out, id);
    put16(out, 0x0100); // recursion desired
    put16(out, 1);
    out.append(6, '\0');
    auto rest = std::string_view(name);
    if (rest.ends_with('.'))
        rest.remove_suffix(1);
    if (rest.size() > 253)
        return std::nullopt;
    while (!rest.empty()) {
        const auto label = rest.substr(0, rest.find('.'));
        if (label.empty() || label.size() > 63)
            return std::nullopt;
        out += static_cast<char>(label.size());
        out += label;
        rest.remove_prefix(std::min(rest.size(), label.size() + 1));
    }
    out += '\0';
    put16(out, static_cast<unsigned>(type));
    put16(out, 1);
    return out;
}

std::optional<DnsAnswer> decode_dns_answer(std::string_view packet, std::uint16_t id, std::string_view name,
                                           DnsType type) {
    if (packet.size() < header_size)
        return std::nullopt;
    Reader in(packet, 0);
    const auto answered = in.u16();
    const auto flags = in.u16();
    const auto questions = in.u16();
    const auto answers = in.u16();
    in.skip(4);
    if (answered != id || (flags & 0x8000) == 0)
        return std::nullopt;
    DnsAnswer answer;
    answer.rcode = static_cast<int>(flags & 0xf);
    answer.truncated = (flags & 0x0200) != 0;
    // A server that fails before it reads the question may leave it out.
    if (questions > 1 || (questions == 0 && answer.rcode == 0))
        return std::nullopt;
    if (questions == 1) {
        const auto asked = in.name();
        const auto asked_type = in.u16();
        in.skip(2);
        if (!in.good() || asked != canonical_dns_name(name) || asked_type != static_cast<unsigned>(type))
            return std::nullopt;
    }
    for (unsigned i = 0; i < answers; ++i) {
        in.name();
        const auto record = in.u16();
        in.skip(6); // class, time to live
        const auto length = in.u16();
        const auto at = in.at();
        in.skip(length);
        if (!in.good()) {
            if (answer.truncated)
                break;
            return std::nullopt;
        }
        if (record == static_cast<unsigned>(type))
            answer.records.push_back(record_text(packet, at, length, type));
    }
    return answer;
}

} // namespace testudo::agents
