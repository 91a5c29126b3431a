#include "agents/actions/local_file.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace testudo::agents {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> failed(const std::string& path) {
    return fail("failed", path, std::generic_category().message(errno));
}

bool write_all(int fd, std::string_view content) {
    while (!content.empty()) {
        const auto n = ::write(fd, content.data(), content.size());
        if (n < 0)
            return false;
        content.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

} // namespace

Result<void> check_path(const std::string& path) {
    static constexpr std::array<std::string_view, 5> forbidden{"/proc", "/sys", "/dev", "/boot", "/run/testudo"};
    const fs::path p(path);
    const auto normal = p.lexically_normal();
    if (path.find('\0') != std::string::npos || !p.is_absolute() || normal.native() != path || !p.has_filename())
        return fail("refused.params", path, "not a plain absolute path of a file");
    for (const auto root : forbidden)
        if (path == root || path.starts_with(std::string(root) + "/"))
            return fail("refused.params", path, "no file below " + std::string(root) + " may be touched");
    return {};
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return failed(path);
    struct stat info {};
    std::string content(limit, '\0');
    std::size_t size = 0;
    ssize_t n = 0;
    const bool regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    while (regular && size < limit && (n = ::read(fd, content.data() + size, limit - size)) > 0)
        size += static_cast<std::size_t>(n);
    ::close(fd);
    if (!regular)
        return fail("failed", path, "not a regular file");
    content.resize(size);
    return content;
}

Result<void> replace_file(const std::string& path, const std::string& content, const Attributes& attributes) {
    std::error_code ec;
    fs::create_directories(fs::path(path).parent_path(), ec);
    if (ec)
        return fail("failed", path, ec.message());
    const auto beside = path + ".testudo-new";
    ::unlink(beside.c_str());
    // Opened for its owner alone: the content may be a secret until the mode is set.
    const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return failed(path);
    const bool good = write_all(fd, content) && fchown(fd, attributes.owner, attributes.group) == 0 &&
                      fchmod(fd, attributes.mode) == 0;
    const int problem = errno;
    ::close(fd);
    if (!good || ::rename(beside.c_str(), path.c_str()) != 0) {
        errno = good ? errno : problem;
        auto error = failed(path);
        ::unlink(beside.c_str());
        return error;
    }
    return {};
}

Result<Attributes> attributes_of(const std::string& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0)
        return failed(path);
    if (!S_ISREG(info.st_mode))
        return fail("failed", path, "not a regular file");
    return Attributes{info.st_mode & 07777, info.st_uid, info.st_gid};
}

} // namespace testudo::agents
