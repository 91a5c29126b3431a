#include "orchestrator/import/zip.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <zlib.h>

namespace testudo::import_ {
namespace {

constexpr std::size_t end_size = 22;
constexpr std::size_t entry_size = 46;
constexpr std::size_t header_size = 30;
constexpr std::size_t most_entries = 10'000;

Error damaged(std::string why) {
    return Error("zip.damaged", "", "this is no whole ZIP archive: " + std::move(why));
}

class Bytes {
  public:
    explicit Bytes(std::string_view all) : all_(all) {}
    bool has(std::size_t at, std::size_t size) const { return at <= all_.size() && size <= all_.size() - at; }
    std::uint32_t number(std::size_t at, std::size_t size) const {
        std::uint32_t value = 0;
        for (std::size_t i = size; i-- > 0;)
            value = value << 8U | static_cast<unsigned char>(all_[at + i]);
        return value;
    }
    std::string_view part(std::size_t at, std::size_t size) const { return all_.substr(at, size); }
    std::size_t size() const { return all_.size(); }

  private:
    std::string_view all_;
};

Result<std::string> inflated(std::string_view packed, std::size_t limit) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
        return tl::unexpected(Error("zip.refused", "", "zlib could not be started"));
    std::string out;
    std::string buffer(1U << 16U, '\0');
    // zlib reads from it only, but its interface is older than const.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    int state = Z_OK;
    while (state == Z_OK && out.size() <= limit) {
        stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
        stream.avail_out = static_cast<uInt>(buffer.size());
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(buffer, 0, buffer.size() - stream.avail_out);
        if (state == Z_BUF_ERROR)
            break;
    }
    inflateEnd(&stream);
    if (out.size() > limit)
        return tl::unexpected(Error("zip.large", "", fmt::format("it unpacks to more than {} MiB", limit >> 20U)));
    if (state != Z_STREAM_END)
        return tl::unexpected(damaged("a packed file ends too early or is garbled"));
    return out;
}

} // namespace

Result<std::map<std::string, std::string>> unzip(std::string_view archive, bool (*wanted)(const std::string& name),
                                                 std::size_t limit) {
    const Bytes bytes(archive);
    // The table of contents is at the end, before a comment of at most 64 KiB.
    std::size_t end = std::string_view::npos;
    for (std::size_t back = end_size; back <= std::min<std::size_t>(archive.size(), end_size + 0xFFFF); ++back)
        if (bytes.number(archive.size() - back, 4) == 0x06054B50U) {
            end = archive.size() - back;
            break;
        }
    if (end == std::string_view::npos)
        return tl::unexpected(damaged("there is no table of contents"));
    const auto count = bytes.number(end + 10, 2);
    std::size_t at = bytes.number(end + 16, 4);
    if (bytes.number(end + 4, 2) != 0 || count > most_entries || count == 0xFFFF)
        return tl::unexpected(damaged("it is split, or has too many files"));
    std::map<std::string, std::string> files;
    std::size_t left = limit;
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!bytes.has(at, entry_size) || bytes.number(at, 4) != 0x02014B50U)
            return tl::unexpected(damaged("its table of contents ends too early"));
        const auto flags = bytes.number(at + 8, 2);
        const auto method = bytes.number(at + 10, 2);
        const auto packed_size = bytes.number(at + 20, 4);
        const auto name_size = bytes.number(at + 28, 2);
        const auto header = bytes.number(at + 42, 4);
        if (!bytes.has(at + entry_size, name_size))
            return tl::unexpected(damaged("its table of contents ends too early"));
        const std::string name(bytes.part(at + entry_size, name_size));
        at += entry_size + name_size + bytes.number(at + 30, 2) + bytes.number(at + 32, 2);
        if (!wanted(name) || files.contains(name))
            continue;
        if ((flags & 1U) != 0)
            return tl::unexpected(Error("zip.encrypted", name, "it is protected by a password"));
        if (!bytes.has(header, header_size) || bytes.number(header, 4) != 0x04034B50U)
            return tl::unexpected(damaged(name + " is not where it should be"));
        const auto data = header + header_size + bytes.number(header + 26, 2) + bytes.number(header + 28, 2);
        if (!bytes.has(data, packed_size))
            return tl::unexpected(damaged(name + " ends too early"));
        const auto packed = bytes.part(data, packed_size);
        if (method != 0 && method != 8)
            return tl::unexpected(damaged(name + " is packed in an unusual way"));
        auto text = method == 8 ? inflated(packed, left) : Result<std::string>(std::string(packed));
        if (!text)
            return tl::unexpected(text.error());
        if (text->size() > left)
            return tl::unexpected(Error("zip.large", "", fmt::format("it unpacks to more than {} MiB", limit >> 20U)));
        left -= text->size();
        files.emplace(name, std::move(*text));
    }
    return files;
}

} // namespace testudo::import_
