#include "web/server/static_files.hpp"

#include <array>
#include <fmt/format.h>
#include <fstream>
#include <iterator>

namespace testudo::web {
namespace {

namespace fs = std::filesystem;

// A directory given by mistake (a home, the root) must not end up in memory.
constexpr std::uintmax_t max_bytes = 64 * 1024 * 1024;

std::string content_type_of(const fs::path& path) {
    static const std::map<std::string, std::string> types{
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".json", "application/json"},
        {".webmanifest", "application/manifest+json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".txt", "text/plain; charset=utf-8"},
    };
    const auto it = types.find(path.extension().string());
    return it == types.end() ? "application/octet-stream" : it->second;
}

// Everything below assets/ has a hash of its content in its name: it never changes. The page that names the assets must
// always be the newest.
std::string cache_control_of(std::string_view name) {
    if (name.starts_with("/assets/"))
        return "public, max-age=31536000, immutable";
    return name.ends_with(".html") ? "no-store" : "public, max-age=300";
}

} // namespace

Result<StaticFiles> StaticFiles::load(const fs::path& directory) {
    StaticFiles loaded;
    std::uintmax_t total = 0;
    std::error_code ec;
    auto it = fs::recursive_directory_iterator(directory, ec);
    for (; !ec && it != fs::recursive_directory_iterator(); it.increment(ec)) {
        if (!fs::is_regular_file(it->symlink_status()))
            continue;
        total += it->file_size();
        if (total > max_bytes)
            return fail("web.ui.too-large", directory.string(),
                        fmt::format("holds more than {} MiB: is this the folder of the built pages?", max_bytes >> 20));
        std::ifstream in(it->path(), std::ios::binary);
        std::string bytes{std::istreambuf_iterator<char>(in), {}};
        if (!in)
            return fail("web.ui.unreadable", it->path().string(), "cannot be read");
        const auto name = "/" + it->path().lexically_relative(directory).generic_string();
        loaded.files_[name] = {std::move(bytes), content_type_of(it->path()), cache_control_of(name)};
    }
    if (ec)
        return fail("web.ui.unreadable", directory.string(), "the folder of the pages cannot be read: " + ec.message());
    if (!loaded.files_.contains("/index.html"))
        return fail("web.ui.empty", directory.string(), "has no index.html: the pages are not built");
    return loaded;
}

const StaticFiles::File* StaticFiles::find(std::string_view path) const {
    const auto it = files_.find(path == "/" ? "/index.html" : path);
    return it == files_.end() ? nullptr : &it->second;
}

} // namespace testudo::web
