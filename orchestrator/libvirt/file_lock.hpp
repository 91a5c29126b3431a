#pragma once
#include <filesystem>
#include <optional>

namespace testudo::libvirt {

// An advisory lock on a file, which is made if need be: between threads as well as between processes, and gone with its
// holder.
class FileLock {
  public:
    enum class Kind { shared, exclusive };
    // Empty if somebody else holds it, or the file cannot be made.
    static std::optional<FileLock> try_take(const std::filesystem::path& file, Kind kind);
    ~FileLock();
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;

  private:
    explicit FileLock(int fd) : fd_(fd) {}
    int fd_;
};

} // namespace testudo::libvirt
