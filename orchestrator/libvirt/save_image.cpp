#include "orchestrator/libvirt/save_image.hpp"

#include <array>
#include <cstring>
#include <fmt/format.h>
#include <fstream>

namespace testudo::libvirt {
namespace {

constexpr std::string_view magic = "LibvirtQemudSave";
constexpr std::uint32_t known_version = 2;
constexpr std::uint32_t largest_area = 16 << 20;

struct Head {
    char magic[16];
    std::uint32_t version;
    std::uint32_t area;
    std::uint32_t was_running;
    std::uint32_t compressed;
    std::uint32_t cookie_at;
    std::uint32_t unused[14];
};
static_assert(sizeof(Head) == 92);

} // namespace

Result<SaveImage> read_save_image(const std::filesystem::path& file) {
    const auto refuse = [&](const std::string& why) { return fail("save-image.unknown", file.string(), why); };
    std::ifstream in(file, std::ios::binary);
    Head head{};
    if (!in.read(reinterpret_cast<char*>(&head), sizeof head) ||
        std::string_view(head.magic, sizeof head.magic) != magic)
        return refuse("not a saved state of libvirt's");
    if (head.version != known_version || head.compressed != 0)
        return refuse(fmt::format("a saved state of version {} with compression {}, which is not known", head.version,
                                  head.compressed));
    std::string area(head.area <= largest_area ? head.area : 0, '\0');
    if (area.empty() || head.cookie_at >= head.area ||
        !in.read(area.data(), static_cast<std::streamsize>(area.size())) ||
        in.peek() == std::ifstream::traits_type::eof())
        return refuse("the saved state is cut short");
    SaveImage image{area.c_str(), "", sizeof head + head.area};
    if (head.cookie_at != 0)
        image.cookie = area.c_str() + head.cookie_at;
    return image;
}

std::string head_of_save_image(const std::string& xml, const std::string& cookie) {
    std::string area = xml + '\0';
    Head head{};
    std::memcpy(head.magic, magic.data(), sizeof head.magic);
    head.version = known_version;
    head.was_running = 1;
    if (!cookie.empty()) {
        head.cookie_at = static_cast<std::uint32_t>(area.size());
        area += cookie + '\0';
    }
    head.area = static_cast<std::uint32_t>(area.size());
    return std::string(reinterpret_cast<const char*>(&head), sizeof head) + area;
}

} // namespace testudo::libvirt
