#pragma once
#include <map>
#include <string>
#include <string_view>

#include "orchestrator/core/error.hpp"

namespace testudo::import_ {

// The files of a ZIP archive in memory whose names are asked for, as far as they are there. Refuses archives that are
// damaged, encrypted, split, or hold more than `limit` bytes in these files together; what an archive says of sizes is
// not believed.
Result<std::map<std::string, std::string>> unzip(std::string_view archive, bool (*wanted)(const std::string& name),
                                                 std::size_t limit);

} // namespace testudo::import_
