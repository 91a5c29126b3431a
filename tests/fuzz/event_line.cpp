#include <cstdlib>

#include "orchestrator/core/event.hpp"
#include "tests/fuzz/targets.hpp"

namespace testudo::fuzz {

void event_line(const std::uint8_t* data, std::size_t size) {
    const auto event = decode_event(std::string_view(reinterpret_cast<const char*>(data), size));
    if (!event)
        return;
    // What was read once must be read as the same again: the hash chain depends on it.
    const auto again = decode_event(encode(*event));
    if (!again || encode(*again) != encode(*event))
        std::abort();
}

} // namespace testudo::fuzz
