#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace testudo::images {

// A file of Testudo's source tree, found from where this program is: in a build's bin/, or beside an installed
// share/testudo. "" if it is not there.
std::filesystem::path source_file(const std::string& name);

// Names of the images that deploy/images has a recipe for.
std::vector<std::string> recipes();

} // namespace testudo::images
