#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/json.hpp"

namespace testudo::agents {

// MAC to the addresses that it answered for.
using Neighbours = std::map<std::string, std::set<std::string>>;

struct CensusRequest {
    std::string interface; // "eth0"
    std::string ipv4;      // its own, with prefix length; "" if none
    std::string ipv6;
    Millis time{1'500};
};
Result<CensusRequest> census_from_json(const json::object& body);

// Asks every IPv4 address of the interface's network (the first 1,024 of a larger one) for its MAC (RFC 826) and all
// IPv6 nodes for an echo (RFC 4291, ff02::1), and tells who was heard until the time is over.
// Needs CAP_NET_RAW; "failed" with the system's words without.
void census(boost::asio::io_context& io, const CensusRequest& request, std::function<void(Result<Neighbours>)> done);

} // namespace testudo::agents
