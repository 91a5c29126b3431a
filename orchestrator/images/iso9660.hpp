#pragma once
#include <string>
#include <utility>
#include <vector>

namespace testudo::images {

// A CD-ROM (ECMA-119) with these files in its root: names of at most 30 characters that may hold what level 1 forbids,
// which Linux reads in lower case and without the version. The same input gives the same bytes. `label`: at most 32
// capital letters.
std::string iso9660(const std::string& label, std::vector<std::pair<std::string, std::string>> files);

} // namespace testudo::images
