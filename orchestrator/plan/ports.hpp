#pragma once
#include <cstdint>
#include <string_view>

namespace testudo::plan {

// The port that IANA lists for a protocol of ours; 0 for `tcp` and `udp`, which are no services by themselves.
constexpr std::uint16_t usual_port(std::string_view protocol) {
    if (protocol == "http")
        return 80;
    if (protocol == "dns")
        return 53;
    if (protocol == "smtp")
        return 25;
    if (protocol == "postgresql")
        return 5432;
    if (protocol == "modbus")
        return 502;
    if (protocol == "ssh")
        return 22;
    return 0;
}

} // namespace testudo::plan
