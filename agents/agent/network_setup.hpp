#pragma once
#include <string>
#include <utility>
#include <vector>

#include "agents/protocol/personalise_spec.hpp"

namespace testudo::agents {

// A link that the kernel has: its name and its MAC address.
using Links = std::vector<std::pair<std::string, std::string>>;
Links present_links();

// The input of `ip -batch -` that gives every interface its name, addresses and routes. Fails if a MAC is not there or
// a text could be read as another command.
Result<std::string> ip_batch(const PersonaliseSpec& spec, const Links& links);

struct Setting {
    std::string path; // below /proc/sys
    std::string value;
};
// Kernel settings for the spec, to be made after the interfaces have their names and before they go up.
std::vector<Setting> kernel_settings(const PersonaliseSpec& spec);

// "127.0.0.1 localhost" and the like, then the spec's names: one line per address.
std::string hosts_file(const PersonaliseSpec& spec);

} // namespace testudo::agents
