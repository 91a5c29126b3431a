#pragma once
#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

#include "orchestrator/core/error.hpp"

// What a machine's files differ in from its image, as one archive.
//
// The root is an overlay over an image that never changes. Whatever is written to, renamed, removed or given other
// rights is copied up with all folders above it, and gets a change time of now, which nobody in a container can set. So
// what changed is what has a change time after the overlay was made, and all of it lies in folders that have one too.
//
// The archive is a zlib stream of records, folders before what is in them. Each is a line of JSON and, for a file, its
// bytes:
//     {"path":"/etc/motd","kind":"file","mode":420,"owner":0,"group":0,"mtime_ns":N,"size":12,"xattrs":{NAME:HEX}}
//     kind: folder (with "names": all that is in it, so what is missing was removed), file, link ("target"), same
//     ("as": the path of a file before it that has this name too), fifo. Devices and sockets are left out.
namespace testudo::agents {

struct Archive {
    std::string bytes;
    std::size_t entries = 0;
};

// `most` bytes at most, compressed: "snapshot.too-large". Other file systems mounted below `root` are left out.
Result<Archive> pack_changes(const std::string& root, const timespec& since, std::size_t most);
// Into the root of a machine that was made from the same image. "snapshot.damaged" for what is no such archive; part of
// it may be in place then.
Result<void> unpack_changes(const std::string& root, std::string_view archive);

} // namespace testudo::agents
