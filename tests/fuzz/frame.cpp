#include "agents/protocol/frame.hpp"
#include "tests/fuzz/targets.hpp"

namespace testudo::fuzz {

void frame(const std::uint8_t* data, std::size_t size) {
    agents::FrameReader reader([](const agents::Frame& frame) { (void)agents::encode_frame(frame.mac, frame.text); });
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    // In two pieces, since a console cuts anywhere.
    reader.receive(bytes.substr(0, size / 2));
    reader.receive(bytes.substr(size / 2));
}

} // namespace testudo::fuzz
