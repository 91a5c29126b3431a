#pragma once
#include <cstdint>
#include <filesystem>
#include <string>

#include "orchestrator/core/error.hpp"

namespace testudo::libvirt {

// What stands before the hypervisor's stream in a file that virDomainSave made (libvirt, src/qemu/qemu_saveimage.h): 16
// bytes "LibvirtQemudSave", then 32-bit words in the host's order: version (2), length of the area that follows the
// head, was-running, compression, offset of a cookie in the area, 14 of reserve; the area (the machine's XML and NUL,
// the cookie and NUL, perhaps padding); the stream. libvirt takes no other name or UUID by its own calls, so a machine
// that is to wake up as another one is given another head.
struct SaveImage {
    std::string xml;
    std::string cookie;          // what libvirt remembered besides; may be empty
    std::uint64_t stream_at = 0; // offset in the file
};

// "save-image.unknown" if the file is none, or of a version or compression that this program was not written for.
Result<SaveImage> read_save_image(const std::filesystem::path& file);

// Head and area for this XML; the stream comes right behind.
std::string head_of_save_image(const std::string& xml, const std::string& cookie);

} // namespace testudo::libvirt
