#include "orchestrator/daemon/exercise_folder.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <regex>
#include <sys/stat.h>
#include <unistd.h>

#include "orchestrator/core/digest.hpp"

namespace testudo::daemon {
namespace fs = std::filesystem;
namespace {

tl::unexpected<Error> system_failure(const fs::path& file, const char* what) {
    return fail("state.unwritable", file.string(), fmt::format("{}: {}", what, std::strerror(errno)));
}

bool is_name(const std::string& text) {
    static const std::regex name("[a-z][a-z0-9-]{0,39}");
    return std::regex_match(text, name);
}

} // namespace

ExerciseFolder::ExerciseFolder(const fs::path& state, const std::string& exercise)
    : path_(fs::absolute(state / "exercises" / exercise)) {}

Result<ExerciseFolder> ExerciseFolder::open(const fs::path& state, const std::string& exercise) {
    ExerciseFolder folder(state, exercise);
    std::error_code ec;
    if (fs::is_directory(folder.path_, ec))
        return folder;
    return fail("exercise.unknown", exercise,
                fmt::format("there is no such exercise in {}{}", folder.path_.parent_path().string(),
                            ec == std::errc::permission_denied ? " that you may read" : ""));
}

bool ExerciseFolder::exists() const {
    return fs::exists(path_ / "seed");
}

Result<void> ExerciseFolder::create() const {
    std::error_code ec;
    fs::create_directories(path_, ec);
    if (ec)
        return fail("state.unwritable", path_.string(), "cannot make the folder: " + ec.message());
    fs::permissions(path_, fs::perms::owner_all, ec);
    if (exists())
        return {};
    return write_private(path_ / "seed", random_hex(32) + "\n");
}

Result<std::string> ExerciseFolder::seed() const {
    std::ifstream in(path_ / "seed");
    std::string seed;
    if (!(in >> seed) || seed.size() != 64)
        return fail("state.no-seed", (path_ / "seed").string(),
                    "the exercise was never provisioned here: run `testudo up` first");
    return seed;
}

Result<void> ExerciseFolder::write_private(const fs::path& file, const std::string& text) {
    const auto draft = file.string() + ".new";
    const int fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return system_failure(file, "cannot write");
    const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    ::close(fd);
    if (!written || ::rename(draft.c_str(), file.c_str()) != 0)
        return system_failure(file, "cannot write");
    return {};
}

fs::path ExerciseFolder::old_log() const {
    for (int n = 1;; ++n)
        if (auto candidate = path_ / fmt::format("log-{}.db", n); !fs::exists(candidate))
            return candidate;
}

Result<std::string> exercise_name(const std::string& argument) {
    if (is_name(argument))
        return argument;
    std::ifstream in(argument);
    if (!in)
        return fail("exercise.unknown", argument, "is neither the name of an exercise nor a readable template");
    static const std::regex line_of_name(R"(^exercise:\s*["']?([a-z][a-z0-9-]*)["']?\s*(#.*)?$)");
    for (std::string line; std::getline(in, line);)
        if (std::smatch match; std::regex_match(line, match, line_of_name))
            return match[1].str();
    return fail("exercise.unknown", argument, "has no line `exercise: NAME`");
}

} // namespace testudo::daemon
