#pragma once
#include <functional>
#include <memory>

#include "agents/probes/conversation.hpp"

// One maker per type of probe, each in its own file. A maker refuses parameters that make no sense.
namespace testudo::agents {

using ProbeDone = std::function<void(ProbeResult)>;
using MadeProbe = Result<std::shared_ptr<Probe>>;

MadeProbe make_icmp_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done);
MadeProbe make_tcp_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done);
MadeProbe make_ssh_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done);
MadeProbe make_http_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done);
MadeProbe make_dns_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done);
MadeProbe make_smtp_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done);
MadeProbe make_postgresql_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done);
MadeProbe make_modbus_probe(boost::asio::io_context& io, ProbeRequest request, ProbeDone done);

} // namespace testudo::agents
