#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "orchestrator/core/error.hpp"

namespace testudo::web {

// The pages, read into memory when the server starts. A request is answered by looking its path up in a list of what
// there is: no path of a request ever reaches the file system.
class StaticFiles {
  public:
    struct File {
        std::string bytes;
        std::string content_type;
        std::string cache_control;
    };

    // All regular files below the directory; links are not followed.
    static Result<StaticFiles> load(const std::filesystem::path& directory);
    // `path` as in the request ("/assets/app-1a2b3c.js"; "/" is index.html); null if there is no such file.
    const File* find(std::string_view path) const;

  private:
    std::map<std::string, File, std::less<>> files_;
};

} // namespace testudo::web
