#pragma once
#include <boost/asio/io_context.hpp>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/core/clock.hpp"
#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"

// One machine sends frames, honest and forged, and others tell which of them they were given. A forged frame claims an
// address that nobody has, so nobody is harmed by one that arrives.
namespace testudo::agents {

struct EmitRequest {
    std::string interface;
    std::string token;  // that all its frames carry: 16 hexadecimal digits
    std::string to_mac; // of the machine that the frames are for; bytes
    struct Family {     // bytes; empty if the segment has no such addresses
        std::string own;
        std::string to;
        std::string unused;
    };
    Family ipv4;
    Family ipv6;
    Millis after{0}; // so that those who listen are ready
};
Result<EmitRequest> emit_from_json(const json::object& body);

// Sends one frame of each kind that its addresses allow and tells their names: "honest" (to the machine), "to-all",
// "forged-ethernet", and "forged-arp", "forged-source-ipv4", "forged-neighbour", "forged-source-ipv6".
void emit(boost::asio::io_context& io, const EmitRequest& request,
          std::function<void(Result<std::vector<std::string>>)> done);

struct OverhearRequest {
    std::string interface;
    std::string token;
    Millis time{2'000};
};
Result<OverhearRequest> overhear_from_json(const json::object& body);

// The names of the frames with that token that came by, whoever they were for.
void overhear(boost::asio::io_context& io, const OverhearRequest& request,
              std::function<void(Result<std::set<std::string>>)> done);

} // namespace testudo::agents
