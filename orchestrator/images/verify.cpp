#include "orchestrator/images/verify.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "orchestrator/core/digest.hpp"

namespace testudo::images {
namespace fs = std::filesystem;
namespace {

template <class Visit> void walk(const fs::path& root, Visit visit) {
    std::error_code error;
    for (auto at = fs::recursive_directory_iterator(root, error); at != fs::recursive_directory_iterator();
         at.increment(error)) {
        struct stat status {};
        if (::lstat(at->path().c_str(), &status) == 0)
            visit(at->path(), status);
    }
}

// What changes whenever the image does, without reading it.
std::string outward(const Image& image) {
    std::vector<std::string> lines;
    walk(image.path, [&](const fs::path& path, const struct stat& s) {
        lines.push_back(fmt::format("{}\t{}\t{:o}\t{}\t{}.{}\t{}.{}\n", path.native(), s.st_size, s.st_mode, s.st_ino,
                                    s.st_mtim.tv_sec, s.st_mtim.tv_nsec, s.st_ctim.tv_sec, s.st_ctim.tv_nsec));
    });
    std::sort(lines.begin(), lines.end());
    std::string all;
    for (const auto& line : lines)
        all += line;
    return sha256_hex(all);
}

fs::path memory_of(const Image& image) {
    return image.path.parent_path() / ".verified" / image.path.filename();
}

// A store that cannot be written to remembers nothing, and the next check reads everything again.
void remember(const Image& image, const std::string& looks) {
    std::error_code error;
    fs::create_directories(memory_of(image).parent_path(), error);
    auto aside = memory_of(image);
    aside += "." + random_hex(4);
    std::ofstream(aside) << looks;
    fs::rename(aside, memory_of(image), error);
}

class Differences {
  public:
    void add(const std::string& what) {
        if (count_++ < shown)
            text_ += (text_.empty() ? "" : ", ") + what;
    }
    bool none() const { return count_ == 0; }
    std::string text() const { return count_ <= shown ? text_ : fmt::format("{} and {} more", text_, count_ - shown); }

  private:
    static constexpr std::size_t shown = 4;
    std::size_t count_ = 0;
    std::string text_;
};

// One line of contents.txt for what is there, without its path: kind, mode, owner, group, content.
std::string entry_of(const fs::path& path, const struct stat& status) {
    char kind = '?';
    std::string content = "-";
    if (S_ISREG(status.st_mode)) {
        kind = 'f';
        content = hash_of_file(path);
    } else if (S_ISLNK(status.st_mode)) {
        std::error_code error;
        kind = 'l';
        content = fs::read_symlink(path, error).string();
    } else if (S_ISDIR(status.st_mode)) {
        kind = 'd';
    } else if (S_ISCHR(status.st_mode)) {
        kind = 'c';
    } else if (S_ISBLK(status.st_mode)) {
        kind = 'b';
    } else if (S_ISFIFO(status.st_mode)) {
        kind = 'p';
    } else if (S_ISSOCK(status.st_mode)) {
        kind = 's';
    }
    return fmt::format("{}\t{:o}\t{}\t{}\t{}", kind, status.st_mode & 07777U, status.st_uid, status.st_gid, content);
}

std::string what_differs(const std::string& wanted, const std::string& found) {
    static constexpr std::array<const char*, 5> names{"kind", "mode", "owner", "group", "content"};
    std::size_t at = 0;
    for (const auto* name : names) {
        const auto field = [at](const std::string& line) {
            return at < line.size() ? line.substr(at, line.find('\t', at) - at) : "";
        };
        if (field(wanted) != field(found))
            return name;
        at += field(wanted).size() + 1;
    }
    return "content";
}

void compare_root(const Image& image, Differences& out) {
    std::map<std::string, std::string> wanted; // by path
    const auto text = read_text(image.path / "contents.txt");
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto line = text.substr(at, end - at);
        const auto tab = line.rfind('\t');
        if (tab != std::string::npos)
            wanted[line.substr(tab + 1)] = line.substr(0, tab);
        at = end + 1;
    }
    const auto root = image.path / "root";
    walk(root, [&](const fs::path& path, const struct stat& status) {
        const auto name = path.native().substr(root.native().size() + 1);
        const auto found = wanted.find(name);
        if (found == wanted.end())
            return out.add("root/" + name + " (was not there)");
        if (const auto entry = entry_of(path, status); entry != found->second)
            out.add(fmt::format("root/{} ({})", name, what_differs(found->second, entry)));
        wanted.erase(found);
    });
    for (const auto& [name, entry] : wanted)
        out.add("root/" + name + " (missing)");
}

} // namespace

std::string hash_of_file(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status {};
    if (file < 0 || ::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
        if (file >= 0)
            ::close(file);
        return "";
    }
    std::string hash;
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) {
        hash = sha256_hex("");
    } else if (void* bytes = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0); bytes != MAP_FAILED) {
        ::madvise(bytes, size, MADV_SEQUENTIAL);
        hash = sha256_hex({static_cast<const char*>(bytes), size});
        ::munmap(bytes, size);
    }
    ::close(file);
    return hash;
}

Result<void> verify(const Image& image) {
    const auto looks = outward(image);
    Differences differences;
    for (const auto& [name, file] : image.files) {
        struct stat status {};
        if (::lstat((image.path / name).c_str(), &status) != 0)
            differences.add(name + " (missing)");
        else if (static_cast<std::uintmax_t>(status.st_size) != file.size)
            differences.add(name + " (size)");
        else if (hash_of_file(image.path / name) != file.sha256)
            differences.add(name + " (content)");
    }
    if (image.files.empty())
        differences.add("image.json (names no files)");
    if (image.kind == "container")
        compare_root(image, differences);
    if (differences.none()) {
        remember(image, looks);
        return {};
    }
    std::error_code error;
    fs::remove(memory_of(image), error);
    return fail("image.altered", image.name,
                fmt::format("{} is not what was made: {}; remove that directory and {}", image.path.string(),
                            differences.text(),
                            image.boot == "disk" ? "import the image again: `testudo image import`"
                                                 : fmt::format("run `testudo image build {}`", image.name)));
}

bool is_known_good(const Image& image) {
    const auto known = read_text(memory_of(image));
    return !known.empty() && known == outward(image);
}

Result<void> verify_once(const Image& image) {
    return is_known_good(image) ? Result<void>() : verify(image);
}

} // namespace testudo::images
