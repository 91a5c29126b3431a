#pragma once
#include "orchestrator/images/image.hpp"

namespace testudo::images {

// Reads every byte of the image and compares it with image.json; containers' roots also by kind, mode, owner, and the
// targets of links. "image.altered" names what differs and the command that goes on. What was good is remembered in the
// store, under sizes, inodes and times.
Result<void> verify(const Image& image);

// True if it was found good before and no size, inode or time in it has changed since: what can be told in
// milliseconds.
bool is_known_good(const Image& image);

// The check before use: known good, or else all of it is read.
Result<void> verify_once(const Image& image);

// SHA-256 of a regular file, in hex; "" if it is none or cannot be read.
std::string hash_of_file(const std::filesystem::path& path);

} // namespace testudo::images
