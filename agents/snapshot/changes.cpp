#include "agents/snapshot/changes.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <memory>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "agents/snapshot/deflated.hpp"
#include "orchestrator/core/json.hpp"

namespace testudo::agents {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece = std::size_t{256} * 1024;
constexpr std::int64_t second = 1'000'000'000;

class Descriptor {
  public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0)
            ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    bool open() const { return fd_ >= 0; }

  private:
    int fd_;
};

tl::unexpected<Error> failed(const std::string& path) {
    return fail("failed", path, std::generic_category().message(errno));
}

tl::unexpected<Error> damaged(const std::string& what) {
    return fail("snapshot.damaged", "", what);
}

// JSON holds text only, and neither names nor attributes have to be that.
std::string to_hex(std::string_view bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const unsigned char byte : bytes) {
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
    }
    return out;
}

std::string from_hex(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        out += static_cast<char>(std::strtol(std::string(text.substr(i, 2)).c_str(), nullptr, 16));
    return out;
}

bool is_after(const timespec& time, const timespec& since) {
    return time.tv_sec != since.tv_sec ? time.tv_sec > since.tv_sec : time.tv_nsec >= since.tv_nsec;
}

// Those of the overlay itself are not a machine's.
json::object attributes_of(const std::string& path) {
    std::string names(4096, '\0');
    const auto size = ::llistxattr(path.c_str(), names.data(), names.size());
    json::object out;
    for (std::size_t at = 0; size > 0 && at < static_cast<std::size_t>(size);) {
        const std::string name = names.c_str() + at;
        at += name.size() + 1;
        std::array<char, 4096> value{};
        const auto length = ::lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
        if (length >= 0 && !name.starts_with("trusted.") && !name.starts_with("user.overlay."))
            out[name] = to_hex({value.data(), static_cast<std::size_t>(length)});
    }
    return out;
}

Result<std::vector<std::string>> names_in(const std::string& folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(folder.c_str()), ::closedir);
    if (!open)
        return failed(folder);
    std::vector<std::string> names;
    while (const auto* entry = ::readdir(open.get()))
        if (const std::string name = entry->d_name; name != "." && name != "..")
            names.push_back(name);
    std::sort(names.begin(), names.end());
    return names;
}

class Packer {
  public:
    Packer(std::string root, const timespec& since, std::size_t most)
        : root_(std::move(root)), since_(since), out_(most) {}

    Result<Archive> run() {
        struct stat top {};
        if (::lstat((root_ + "/").c_str(), &top) != 0)
            return failed(root_);
        device_ = top.st_dev;
        if (auto added = folder("/", top); !added)
            return tl::unexpected(added.error());
        auto bytes = out_.finish();
        if (!bytes)
            return tl::unexpected(bytes.error());
        return Archive{std::move(*bytes), entries_};
    }

  private:
    std::string at(const std::string& path) const { return root_ + path; }

    Result<void> record(const std::string& path, const char* kind, const struct stat& about, json::object more) {
        ++entries_;
        json::object line{
            {"path", to_hex(path)},           {"kind", kind},
            {"mode", about.st_mode & 07777U}, {"owner", about.st_uid},
            {"group", about.st_gid},          {"mtime_ns", about.st_mtim.tv_sec * second + about.st_mtim.tv_nsec}};
        if (auto attributes = attributes_of(at(path)); !attributes.empty())
            line["xattrs"] = std::move(attributes);
        for (auto& member : more)
            line[member.key()] = std::move(member.value());
        return out_.add(json::serialize(line) + "\n");
    }

    Result<void> folder(const std::string& path, const struct stat& about) {
        const auto names = names_in(at(path));
        if (!names)
            return tl::unexpected(names.error());
        json::array all;
        for (const auto& name : *names)
            all.emplace_back(to_hex(name));
        if (auto added = record(path, "folder", about, {{"names", std::move(all)}}); !added)
            return added;
        for (const auto& name : *names)
            if (auto added = entry(path == "/" ? "/" + name : path + "/" + name); !added)
                return added;
        return {};
    }

    Result<void> entry(const std::string& path) {
        struct stat about {};
        if (::lstat(at(path).c_str(), &about) != 0)
            return errno == ENOENT ? Result<void>() : failed(path);
        if (!is_after(about.st_ctim, since_))
            return {};
        if (S_ISDIR(about.st_mode))
            return about.st_dev == device_ ? folder(path, about) : Result<void>();
        if (S_ISREG(about.st_mode))
            return file(path, about);
        if (S_ISFIFO(about.st_mode))
            return record(path, "fifo", about, {});
        if (!S_ISLNK(about.st_mode))
            return {};
        std::error_code error;
        const auto target = fs::read_symlink(at(path), error);
        if (error)
            return fail("failed", path, error.message());
        return record(path, "link", about, {{"target", to_hex(target.string())}});
    }

    Result<void> file(const std::string& path, const struct stat& about) {
        if (about.st_nlink > 1) {
            const auto [known, first] = linked_.try_emplace({about.st_dev, about.st_ino}, path);
            if (!first)
                return record(path, "same", about, {{"as", to_hex(known->second)}});
        }
        const Descriptor in(::open(at(path).c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
        if (!in.open())
            return failed(path);
        if (auto added = record(path, "file", about, {{"size", about.st_size}}); !added)
            return added;
        std::string buffer(piece, '\0');
        for (auto left = static_cast<std::size_t>(about.st_size); left > 0;) {
            const auto got = ::read(in.get(), buffer.data(), std::min(buffer.size(), left));
            if (got <= 0)
                return got == 0 ? fail("failed", path, "it became shorter while it was read") : failed(path);
            if (auto added = out_.add({buffer.data(), static_cast<std::size_t>(got)}); !added)
                return added;
            left -= static_cast<std::size_t>(got);
        }
        return {};
    }

    std::string root_;
    timespec since_;
    Deflater out_;
    dev_t device_ = 0;
    std::size_t entries_ = 0;
    std::map<std::pair<dev_t, ino_t>, std::string> linked_;
};

class Unpacker {
  public:
    Unpacker(std::string root, std::string_view archive) : root_(std::move(root)), in_(archive) {}

    Result<void> run() {
        for (;;) {
            const auto line = in_.line();
            if (!line)
                return tl::unexpected(line.error());
            if (line->empty())
                break;
            const auto record = parse_json(*line);
            if (!record || !record->is_object())
                return damaged("a record of it is no JSON");
            if (auto put = take(record->get_object()); !put)
                return put;
        }
        // What is put into a folder changes its time.
        for (auto folder = folders_.rbegin(); folder != folders_.rend(); ++folder)
            set_time(folder->first, folder->second);
        return {};
    }

  private:
    Result<void> take(const json::object& record) {
        const auto path = from_hex(text_or(record, "path"));
        if (!path.starts_with('/') || (path + "/").find("/../") != std::string::npos)
            return damaged("a record of it has no path");
        const auto here = root_ + path;
        const auto kind = text_or(record, "kind");
        if (kind == "folder")
            return folder(path, here, record);
        std::error_code error;
        fs::remove_all(here, error); // what the image has there
        if (kind == "same") {
            if (::link((root_ + from_hex(text_or(record, "as"))).c_str(), here.c_str()) != 0)
                return failed(path);
            return {};
        }
        if (kind == "file") {
            if (auto written = file(path, here, int_or(record, "size")); !written)
                return written;
        } else if (kind == "link") {
            if (::symlink(from_hex(text_or(record, "target")).c_str(), here.c_str()) != 0)
                return failed(path);
        } else if (kind == "fifo") {
            if (::mkfifo(here.c_str(), 0600) != 0)
                return failed(path);
        } else
            return damaged("a record of it is of no known kind");
        if (auto dressed = dress(path, here, record, kind == "link"); !dressed)
            return dressed;
        set_time(here, int_or(record, "mtime_ns"));
        return {};
    }

    Result<void> folder(const std::string& path, const std::string& here, const json::object& record) {
        struct stat about {};
        std::error_code error;
        if (::lstat(here.c_str(), &about) == 0 && !S_ISDIR(about.st_mode))
            fs::remove_all(here, error);
        if (::mkdir(here.c_str(), 0700) != 0 && errno != EEXIST)
            return failed(path);
        std::vector<std::string> kept;
        for (const auto& name : array_or_empty(record, "names"))
            if (name.is_string())
                kept.push_back(from_hex(name.get_string()));
        std::sort(kept.begin(), kept.end());
        const auto names = names_in(here);
        if (!names)
            return tl::unexpected(names.error());
        for (const auto& name : *names)
            if (!std::binary_search(kept.begin(), kept.end(), name))
                fs::remove_all(here + "/" + name, error); // a mounted one stays, which is right
        folders_.emplace_back(here, int_or(record, "mtime_ns"));
        return dress(path, here, record, false);
    }

    Result<void> file(const std::string& path, const std::string& here, std::int64_t size) {
        const Descriptor out(::open(here.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!out.open())
            return failed(path);
        while (size > 0) {
            const auto bytes = in_.read(static_cast<std::size_t>(std::min<std::int64_t>(size, piece)));
            if (!bytes)
                return tl::unexpected(bytes.error());
            if (bytes->empty())
                return damaged(path + " is cut off");
            if (::write(out.get(), bytes->data(), bytes->size()) != static_cast<ssize_t>(bytes->size()))
                return failed(path);
            size -= static_cast<std::int64_t>(bytes->size());
        }
        return {};
    }

    // Owner first: changing it takes the set-user-id bit and capabilities away.
    static Result<void> dress(const std::string& path, const std::string& here, const json::object& record, bool link) {
        if (::lchown(here.c_str(), static_cast<uid_t>(int_or(record, "owner")),
                     static_cast<gid_t>(int_or(record, "group"))) != 0)
            return failed(path);
        if (!link && ::chmod(here.c_str(), static_cast<mode_t>(int_or(record, "mode"))) != 0)
            return failed(path);
        for (const auto& attribute : object_or_empty(record, "xattrs")) {
            const auto value = attribute.value().is_string() ? from_hex(attribute.value().get_string()) : "";
            if (::lsetxattr(here.c_str(), std::string(attribute.key()).c_str(), value.data(), value.size(), 0) != 0)
                return failed(path);
        }
        return {};
    }

    static void set_time(const std::string& here, std::int64_t mtime_ns) {
        const timespec modified{mtime_ns / second, mtime_ns % second};
        const std::array<timespec, 2> times{modified, modified};
        ::utimensat(AT_FDCWD, here.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);
    }

    std::string root_;
    Inflater in_;
    std::vector<std::pair<std::string, std::int64_t>> folders_;
};

} // namespace

Result<Archive> pack_changes(const std::string& root, const timespec& since, std::size_t most) {
    return Packer(root, since, most).run();
}

Result<void> unpack_changes(const std::string& root, std::string_view archive) {
    return Unpacker(root, archive).run();
}

} // namespace testudo::agents
