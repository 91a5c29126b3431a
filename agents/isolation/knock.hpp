#pragma once
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "agents/probes/reach.hpp"
#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/json.hpp"

namespace testudo::agents {

struct Knock {
    Address address;
    std::uint16_t port = 0; // of TCP; 0: an ICMP echo
};

// At most 128 of them, each knocked at once. From the body of a `knock` request.
Result<std::vector<Knock>> knocks_from_json(const json::object& body);

// `done` is given one word for each, in their order: "echo", "accepted", "refused" (somebody is there all the same) or
// "" if nobody answered in time or there is no way. Called once, from the reactor.
void knock(boost::asio::io_context& io, const std::vector<Knock>& knocks, Millis timeout,
           std::function<void(std::vector<std::string>)> done);

} // namespace testudo::agents
