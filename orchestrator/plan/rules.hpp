#pragma once
#include <string>

#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {

// What a packet that opens a connection looks like to a router.
struct Flow {
    Address from;
    Address to;
    std::string protocol; // "tcp", "udp", "icmp"
    int port = 0;
};

// Whether `rules` let it through: what is denied is denied, then what is allowed is allowed, and nothing else is.
bool passes(const std::vector<RuleDraft>& rules, const Flow& flow);
// The rule that denies it, if one does so in words.
const RuleDraft* denied_by(const std::vector<RuleDraft>& rules, const Flow& flow);

// The whole ruleset of a router for `nft -f`.
std::string nftables_of(const RouterDraft& router);

} // namespace testudo::plan
