#pragma once
#include "orchestrator/plan/draft.hpp"

namespace testudo::plan {

// Reads the pools of a network.
void add_pools(const template_::NetworkSpec& spec, Draft& draft);
// All numbers of a network's pools must be addresses of the segment.
void check_pools(const template_::NetworkSpec& spec, std::size_t segment, Draft& draft);
// Routers that the network says it is joined by must stand on it.
void check_joints(Draft& draft);

// The next free number of the pool that is named, or nothing after a complaint.
std::optional<std::int64_t> number_from_pool(Draft& draft, const template_::AttachmentSpec& on, std::size_t segment);
bool in_dhcp(const Draft& draft, const std::string& network, std::int64_t number);

} // namespace testudo::plan
