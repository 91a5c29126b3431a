#include "agents/isolation/trial.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "agents/isolation/card.hpp"
#include "agents/isolation/frames.hpp"

namespace testudo::agents {
namespace {

namespace asio = boost::asio;

constexpr std::string_view mark = "TESTUDO ";
constexpr std::size_t token_size = 16;
constexpr Millis longest{5'000};
const std::string forged_mac("\x02\x00\x00\x7e\x57\x01", 6);

bool is_token(std::string_view text) {
    return text.size() == token_size && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string payload_of(const std::string& token, const std::string& name) {
    return std::string(mark) + token + ' ' + name + '\n';
}

Result<EmitRequest::Family> family_from(const json::object& body, const char* name, std::size_t size) {
    const auto& object = object_or_empty(body, name);
    EmitRequest::Family out;
    for (const auto& [key, value] :
         {std::pair("own", &out.own), std::pair("to", &out.to), std::pair("unused", &out.unused)}) {
        const auto text = text_or(object, key);
        if (text.empty())
            continue;
        const auto address = parse_address(text);
        if (!address)
            return tl::unexpected(address.error());
        *value = bytes_of(*address);
        if (value->size() != size)
            return fail("refused.params", text, "is of another family");
    }
    return out;
}

class Emission : public std::enable_shared_from_this<Emission> {
  public:
    Emission(asio::io_context& io, EmitRequest request, std::function<void(Result<std::vector<std::string>>)> done)
        : card_(io), timer_(io), request_(std::move(request)), done_(std::move(done)) {}

    void begin() {
        timer_.expires_after(request_.after);
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code&) { self->send(); });
    }

  private:
    void send() {
        if (const auto opened = card_.open(request_.interface, false); !opened)
            return done_(tl::unexpected(opened.error()));
        const auto& ipv4 = request_.ipv4;
        const auto& ipv6 = request_.ipv6;
        const auto& to = request_.to_mac;
        const auto& mac = card_.mac();
        const bool v4 = !ipv4.own.empty() && !ipv4.to.empty();
        const bool v6 = !ipv6.own.empty() && !ipv6.to.empty();
        if (v4 || v6) {
            const auto& own = v4 ? ipv4.own : ipv6.own;
            const auto& there = v4 ? ipv4.to : ipv6.to;
            frame("honest", [&](const auto& text) { return packet(to, mac, own, there, text); });
            frame("to-all", [&](const auto& text) { return packet(everybody, mac, own, there, text); });
            frame("forged-ethernet", [&](const auto& text) { return packet(to, forged_mac, own, there, text); });
        }
        if (v4 && !ipv4.unused.empty()) {
            frame("forged-arp", [&](const auto& text) { return arp_reply(to, mac, ipv4.unused, ipv4.to, text); });
            frame("forged-source-ipv4", [&](const auto& text) { return packet(to, mac, ipv4.unused, ipv4.to, text); });
        }
        if (v6 && !ipv6.unused.empty()) {
            frame("forged-neighbour",
                  [&](const auto& text) { return advertisement(to, mac, ipv6.own, ipv6.to, ipv6.unused, text); });
            frame("forged-source-ipv6", [&](const auto& text) { return packet(to, mac, ipv6.unused, ipv6.to, text); });
        }
        card_.close();
        done_(std::move(sent_));
    }

    template <class Make> void frame(const std::string& name, Make make) {
        card_.send(make(payload_of(request_.token, name)));
        sent_.push_back(name);
    }

    Card card_;
    asio::steady_timer timer_;
    EmitRequest request_;
    std::function<void(Result<std::vector<std::string>>)> done_;
    std::vector<std::string> sent_;
};

class Overhearing : public std::enable_shared_from_this<Overhearing> {
  public:
    Overhearing(asio::io_context& io, const std::string& token, std::function<void(Result<std::set<std::string>>)> done)
        : io_(io), card_(io), timer_(io), wanted_(std::string(mark) + token + ' '), done_(std::move(done)) {}

    void begin(const OverhearRequest& request) {
        if (const auto opened = card_.open(request.interface, true); !opened)
            return asio::post(
                io_, [self = shared_from_this(), error = opened.error()] { self->done_(tl::unexpected(error)); });
        card_.listen([self = shared_from_this()](std::string_view frame) { self->take(frame); });
        timer_.expires_after(request.time);
        timer_.async_wait([self = shared_from_this()](const boost::system::error_code&) {
            self->card_.close();
            self->done_(std::move(self->heard_));
        });
    }

  private:
    void take(std::string_view frame) {
        const auto at = frame.find(wanted_);
        if (at == std::string_view::npos)
            return;
        const auto name = frame.substr(at + wanted_.size());
        if (const auto end = name.find('\n'); end != std::string_view::npos)
            heard_.emplace(name.substr(0, end));
    }

    asio::io_context& io_;
    Card card_;
    asio::steady_timer timer_;
    std::string wanted_;
    std::function<void(Result<std::set<std::string>>)> done_;
    std::set<std::string> heard_;
};

} // namespace

Result<EmitRequest> emit_from_json(const json::object& body) {
    EmitRequest request;
    request.interface = text_or(body, "interface");
    request.token = text_or(body, "token");
    request.to_mac = mac_bytes(text_or(body, "to_mac"));
    request.after = Millis(int_or(body, "after_ms"));
    if (request.interface.empty() || !is_token(request.token) || request.to_mac.empty() || request.after < Millis(0) ||
        request.after > longest)
        return fail("refused.params", "emit", "an interface, a token of 16 digits, a MAC, and at most 5000 ms");
    auto ipv4 = family_from(body, "ipv4", 4);
    auto ipv6 = family_from(body, "ipv6", 16);
    if (!ipv4 || !ipv6)
        return tl::unexpected(ipv4 ? ipv6.error() : ipv4.error());
    request.ipv4 = std::move(*ipv4);
    request.ipv6 = std::move(*ipv6);
    return request;
}

Result<OverhearRequest> overhear_from_json(const json::object& body) {
    OverhearRequest request{text_or(body, "interface"), text_or(body, "token"), Millis(int_or(body, "time_ms", 2'000))};
    if (request.interface.empty() || !is_token(request.token) || request.time < Millis(100) || request.time > longest)
        return fail("refused.params", "overhear", "an interface, a token of 16 digits, and from 100 to 5000 ms");
    return request;
}

void emit(asio::io_context& io, const EmitRequest& request,
          std::function<void(Result<std::vector<std::string>>)> done) {
    std::make_shared<Emission>(io, request, std::move(done))->begin();
}

void overhear(asio::io_context& io, const OverhearRequest& request,
              std::function<void(Result<std::set<std::string>>)> done) {
    std::make_shared<Overhearing>(io, request.token, std::move(done))->begin(request);
}

} // namespace testudo::agents
