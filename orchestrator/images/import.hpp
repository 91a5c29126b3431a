#pragma once
#include <functional>

#include "orchestrator/images/image.hpp"

namespace testudo::images {

struct Import {
    std::filesystem::path file; // a disk that boots by its own loader and has cloud-init
    std::string name;
    std::string label; // "" = EXERCISE UNCLASSIFIED
    std::string at;    // "2026-01-01T00:00:00Z"
};
// Writes the disk to a qcow2 of its own: FROM, TO.
using Convert = std::function<Result<void>(const std::filesystem::path&, const std::filesystem::path&)>;

// Takes the disk into the store, sealed, under the name; what the name stood for before stays beside it.
Result<Image> import_disk(const std::filesystem::path& store, const Import& import, const Convert& convert);

} // namespace testudo::images
