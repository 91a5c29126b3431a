#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>

#include "agents/actions/action_kinds.hpp"
#include "agents/actions/local_file.hpp"

namespace testudo::agents {
namespace {

constexpr std::int64_t mebibyte = 1 << 20;
constexpr std::int64_t most_mib = 4096;

std::int64_t size_of(const std::string& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : -1;
}

class FillQuota final : public Action {
  public:
    void run(const ActionRequest& request, ActionDone done) override {
        const auto path = text_or(request.params, "path");
        const auto wanted = int_or(request.params, "mib");
        if (const auto checked = check(path, wanted); !checked)
            return done(tl::unexpected(checked.error()));
        std::error_code ec;
        const auto folder = std::filesystem::path(path).parent_path();
        std::filesystem::create_directories(folder, ec);
        struct statvfs space {};
        if (::statvfs(folder.c_str(), &space) != 0)
            return done(ActionResult{false, "no room to be filled at " + folder.string(), "nothing was written"});
        const auto free = static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
        // The machine must stay usable for those who have to clean up.
        const auto most = free / 10 * 9;
        if (wanted * mebibyte > most)
            return done(ActionResult{false,
                                     std::to_string(wanted) + " MiB are more than 90 % of the free " +
                                         std::to_string(free / mebibyte) + " MiB",
                                     "nothing was written"});
        const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0)
            return done(
                ActionResult{false, path + ": " + std::generic_category().message(errno), "nothing was written"});
        const int problem = ::posix_fallocate(fd, 0, wanted * mebibyte);
        ::close(fd);
        if (problem != 0) {
            ::unlink(path.c_str());
            return done(
                ActionResult{false, path + ": " + std::generic_category().message(problem), "removed it again"});
        }
        done(ActionResult{true, path + " holds " + std::to_string(wanted) + " MiB",
                          "allocated " + std::to_string(wanted) + " MiB of zeros in " + path});
    }

    void inspect(const ActionRequest& request, InspectDone done) override {
        const auto path = text_or(request.params, "path");
        const auto wanted = int_or(request.params, "mib");
        if (const auto checked = check(path, wanted); !checked)
            return done(tl::unexpected(checked.error()));
        const bool holds = size_of(path) == wanted * mebibyte;
        done(Inspection{holds, path + (holds ? " holds " + std::to_string(wanted) + " MiB" : " is gone")});
    }

  private:
    static Result<void> check(const std::string& path, std::int64_t mib) {
        if (mib < 1 || mib > most_mib)
            return fail("refused.params", "mib", "from 1 to 4096 MiB");
        return check_path(path);
    }
};

} // namespace

std::unique_ptr<Action> make_fill_quota() {
    return std::make_unique<FillQuota>();
}

} // namespace testudo::agents
