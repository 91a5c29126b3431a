#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "orchestrator/core/error.hpp"

// A stream of bytes in zlib's format (RFC 1950), in memory.
namespace testudo::agents {

class Deflater {
  public:
    explicit Deflater(std::size_t most); // bytes of the result
    ~Deflater();
    // "snapshot.too-large" once the result would be larger.
    Result<void> add(std::string_view bytes);
    Result<std::string> finish();

  private:
    Result<void> run(std::string_view bytes, int flush);

    struct Stream;
    std::unique_ptr<Stream> stream_;
    std::size_t most_;
    std::string out_;
};

class Inflater {
  public:
    explicit Inflater(std::string_view deflated); // which has to outlive it
    ~Inflater();
    // At most `size` bytes, and fewer only at the end. "snapshot.damaged" for what is no such stream.
    Result<std::string> read(std::size_t size);
    // Up to the next line feed, without it; nothing but the empty text at the end. At most 1 MiB.
    Result<std::string> line();

  private:
    Result<bool> fill();

    struct Stream;
    std::unique_ptr<Stream> stream_;
    std::string out_;
    std::size_t taken_ = 0;
    bool ended_ = false;
};

} // namespace testudo::agents
