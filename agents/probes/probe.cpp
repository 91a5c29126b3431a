#include "agents/probes/probe.hpp"

#include <map>

#include "agents/probes/probe_kinds.hpp"

namespace testudo::agents {
namespace {

using Maker = MadeProbe (*)(boost::asio::io_context&, ProbeRequest, ProbeDone);

const std::map<std::string, Maker, std::less<>> makers{
    {"icmp", make_icmp_probe},     {"tcp", make_tcp_probe},
    {"ssh", make_ssh_probe},       {"http", make_http_probe},
    {"dns", make_dns_probe},       {"smtp", make_smtp_probe},
    {"modbus", make_modbus_probe}, {"postgresql", make_postgresql_probe},
};

} // namespace

std::string_view to_text(ProbeOutcome outcome) {
    switch (outcome) {
    case ProbeOutcome::pass:
        return "pass";
    case ProbeOutcome::slow:
        return "slow";
    case ProbeOutcome::fail:
        return "fail";
    case ProbeOutcome::wrong:
        return "wrong";
    case ProbeOutcome::error:
        break;
    }
    return "error";
}

json::object to_json(const ProbeResult& result) {
    return {{"result", to_text(result.outcome)},
            {"reason", result.reason},
            {"connect_us", result.connect_us},
            {"total_us", result.total_us}};
}

Result<ProbeRequest> probe_request_from_json(const json::object& body) {
    ProbeRequest request;
    request.type = text_or(body, "type");
    const auto address = parse_address(text_or(body, "address"));
    if (!address)
        return tl::unexpected(address.error());
    request.address = *address;
    const auto port = int_or(body, "port");
    if (port < 0 || port > 65535 || (port == 0 && request.type != "icmp"))
        return fail("refused.params", "port", "a probe needs a port from 1 to 65535");
    request.port = static_cast<std::uint16_t>(port);
    request.params = object_or_empty(body, "params");
    const auto timeout = int_or(body, "timeout_ms", request.timeout.count());
    if (timeout < 1 || timeout > 60'000)
        return fail("refused.params", "timeout_ms", "a timeout is from 1 to 60000 ms");
    request.timeout = Millis(timeout);
    return request;
}

Result<void> start_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done) {
    const auto maker = makers.find(request.type);
    if (maker == makers.end())
        return fail("refused.unknown", request.type, "there is no such type of probe");
    auto probe = maker->second(io, std::move(request), std::move(done));
    if (!probe)
        return tl::unexpected(probe.error());
    (*probe)->start();
    return {};
}

} // namespace testudo::agents
