#pragma once
#include <cstdint>
#include <string>

#include "orchestrator/template/report.hpp"
#include "orchestrator/template/spanned.hpp"

namespace testudo::template_ {

// What a router lets through or stops, as written:
//
//     internet -> portal.web     to a service of a machine, by its protocol and port
//     office -> dmz              anything from one network to another
//     any -> dns tcp/22          one port;  udp/53,  tcp/1024-2048
//     dmz -> office icmp         echo and its answers
//
// Both sides are a network, a machine or `any`.
struct RuleText {
    Text text;
    Text from;
    Text to;
    Text service;         // of the machine `to`; not given: all that `protocol` says
    std::string protocol; // "tcp", "udp", "icmp", "" = any
    int first_port = 0;   // 0 = any
    int last_port = 0;
    bool valid = false;
};

RuleText parse_rule(const Text& text, Diagnostics& out);

} // namespace testudo::template_
