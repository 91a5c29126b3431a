#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"

// The image store: NAME is a link to a directory NAME-HASH, and its image.json says what is in there.
// deploy/images/build writes both; `testudo image import` adds disks of other makers.
namespace testudo::images {

struct Image {
    struct File {
        std::uintmax_t size = 0; // bytes
        std::string sha256;
    };
    std::filesystem::path path; // the directory, not the link
    std::string name;
    std::string kind;    // "container" or "vm"
    std::string boot;    // "agent" (containers), "kernel" (from outside), "disk" (its own loader, then cloud-init)
    std::string recipe;  // hash of what it was made from, the HASH of the directory's name
    std::string content; // one hash over its payload: the same in every build of the same packages
    std::string made_at; // date of its newest package, or of the import
    std::string release;
    std::string label;
    std::int64_t packages = 0; // 0: nobody knows
    std::map<std::string, File> files;
};

// Of a directory of the store, or of a link to one: "image.missing", "image.unsealed" if nothing says what is in it.
Result<Image> read_image(const std::filesystem::path& directory);
json::object to_json(const Image& image);

struct Listed {
    std::filesystem::path path;
    std::string name;
    bool newest = false;                   // what the name stands for now
    std::uintmax_t bytes = 0;              // what it takes on the disk
    Result<Image> image = Image{};         // or why it cannot be used
    bool verified = false;                 // and unchanged since
    std::vector<std::string> used_by = {}; // exercises
};
// All directories of the store, by name, the newest of each first. `state`: where exercises are kept; those whose plan
// names an image use its newest.
std::vector<Listed> list_images(const std::filesystem::path& store, const std::filesystem::path& state);

// "" if the file cannot be read.
std::string read_text(const std::filesystem::path& file);

} // namespace testudo::images
