#pragma once
#include <string>
#include <sys/types.h>

#include "orchestrator/core/error.hpp"

// Files of this machine that actions and the personalisation write.
namespace testudo::agents {

// An absolute path without "..", outside of what the kernel or the agent itself lives in.
Result<void> check_path(const std::string& path);

// At most `limit` bytes of a regular file.
Result<std::string> read_file(const std::string& path, std::size_t limit = std::size_t{1} << 20);

struct Attributes {
    mode_t mode = 0644;
    uid_t owner = 0;
    gid_t group = 0;
};
// Makes the folders above it, writes beside it and renames: readers see the old file or the new one, whole.
Result<void> replace_file(const std::string& path, const std::string& content, const Attributes& attributes);
// Of an existing regular file.
Result<Attributes> attributes_of(const std::string& path);

} // namespace testudo::agents
