#include "agents/snapshot/deflated.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <zlib.h>

namespace testudo::agents {
namespace {

constexpr std::size_t piece = std::size_t{64} * 1024;
constexpr std::size_t longest_line = std::size_t{1} << 20;

// zlib's interface takes no const.
Bytef* bytes_of(std::string_view text) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

tl::unexpected<Error> damaged(const std::string& what) {
    return fail("snapshot.damaged", "", what);
}

} // namespace

struct Deflater::Stream {
    z_stream z{};
};

Deflater::Deflater(std::size_t most) : stream_(std::make_unique<Stream>()), most_(most) {
    // Others stand still meanwhile: speed counts.
    if (deflateInit(&stream_->z, Z_BEST_SPEED) != Z_OK)
        throw std::runtime_error("zlib does not start");
}

Deflater::~Deflater() {
    deflateEnd(&stream_->z);
}

Result<void> Deflater::add(std::string_view bytes) {
    return run(bytes, Z_NO_FLUSH);
}

Result<std::string> Deflater::finish() {
    if (auto ended = run({}, Z_FINISH); !ended)
        return tl::unexpected(ended.error());
    return std::move(out_);
}

Result<void> Deflater::run(std::string_view bytes, int flush) {
    auto& z = stream_->z;
    z.next_in = bytes_of(bytes);
    z.avail_in = static_cast<uInt>(bytes.size());
    std::array<char, piece> buffer{};
    do {
        z.next_out = reinterpret_cast<Bytef*>(buffer.data());
        z.avail_out = static_cast<uInt>(buffer.size());
        deflate(&z, flush);
        out_.append(buffer.data(), buffer.size() - z.avail_out);
        if (out_.size() > most_)
            return fail("snapshot.too-large", "",
                        "what changed since it was made comes to more than " + std::to_string(most_ >> 20) +
                            " MiB, compressed");
    } while (z.avail_out == 0);
    return {};
}

struct Inflater::Stream {
    z_stream z{};
};

Inflater::Inflater(std::string_view deflated) : stream_(std::make_unique<Stream>()) {
    stream_->z.next_in = bytes_of(deflated);
    stream_->z.avail_in = static_cast<uInt>(deflated.size());
    if (inflateInit(&stream_->z) != Z_OK)
        throw std::runtime_error("zlib does not start");
}

Inflater::~Inflater() {
    inflateEnd(&stream_->z);
}

// False at the end.
Result<bool> Inflater::fill() {
    if (ended_)
        return false;
    out_.erase(0, taken_);
    taken_ = 0;
    auto& z = stream_->z;
    std::array<char, piece> buffer{};
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
    const int state = inflate(&z, Z_NO_FLUSH);
    if (state != Z_OK && state != Z_STREAM_END)
        return damaged(z.avail_in == 0 ? "it is cut off" : "it cannot be decompressed");
    out_.append(buffer.data(), buffer.size() - z.avail_out);
    ended_ = state == Z_STREAM_END;
    return true;
}

Result<std::string> Inflater::read(std::size_t size) {
    while (out_.size() - taken_ < size) {
        const auto more = fill();
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            break;
    }
    const auto got = std::min(size, out_.size() - taken_);
    auto bytes = out_.substr(taken_, got);
    taken_ += got;
    return bytes;
}

Result<std::string> Inflater::line() {
    for (;;) {
        if (const auto end = out_.find('\n', taken_); end != std::string::npos) {
            auto text = out_.substr(taken_, end - taken_);
            taken_ = end + 1;
            return text;
        }
        if (out_.size() - taken_ > longest_line)
            return damaged("a line of it has no end");
        const auto more = fill();
        if (!more)
            return tl::unexpected(more.error());
        if (!*more)
            return out_.size() == taken_ ? Result<std::string>("") : damaged("its last line is cut off");
    }
}

} // namespace testudo::agents
