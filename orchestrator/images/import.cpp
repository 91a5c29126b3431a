#include "orchestrator/images/import.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/core/label.hpp"
#include "orchestrator/images/verify.hpp"

namespace testudo::images {
namespace fs = std::filesystem;
namespace {

// Nobody has looked into the disk, so it is its own only package.
json::object sbom(const Image& image, const std::string& source) {
    return {{"spdxVersion", "SPDX-2.3"},
            {"dataLicense", "CC0-1.0"},
            {"SPDXID", "SPDXRef-DOCUMENT"},
            {"name", image.name},
            {"documentNamespace", fmt::format("https://spdx.org/spdxdocs/testudo-{}-{}", image.name, image.content)},
            {"creationInfo", {{"created", image.made_at}, {"creators", {"Tool: testudo-image-import"}}}},
            {"packages",
             {json::object{{"name", source},
                           {"SPDXID", "SPDXRef-Image"},
                           {"versionInfo", image.content},
                           {"downloadLocation", "NOASSERTION"},
                           {"filesAnalyzed", false},
                           {"licenseConcluded", "NOASSERTION"},
                           {"licenseDeclared", "NOASSERTION"},
                           {"copyrightText", "NOASSERTION"},
                           {"primaryPackagePurpose", "OPERATING-SYSTEM"}}}},
            {"relationships",
             {json::object{{"spdxElementId", "SPDXRef-DOCUMENT"},
                           {"relationshipType", "DESCRIBES"},
                           {"relatedSpdxElement", "SPDXRef-Image"}}}}};
}

bool write(const fs::path& file, const std::string& text) {
    std::ofstream out(file, std::ios::binary);
    out << text << "\n";
    return static_cast<bool>(out.flush());
}

Result<Image::File> about(const fs::path& file) {
    auto hash = hash_of_file(file);
    if (hash.empty())
        return fail("image.import", file.string(), "cannot be read");
    return Image::File{fs::file_size(file), std::move(hash)};
}

bool good_name(const std::string& name) {
    return !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

} // namespace

Result<Image> import_disk(const fs::path& store, const Import& import, const Convert& convert) {
    if (!good_name(import.name))
        return fail("image.name", import.name, "the name of an image has small letters, digits and hyphens");
    const auto label = parse_label(import.label.empty() ? "EXERCISE UNCLASSIFIED" : import.label);
    if (!label)
        return fail("image.label", import.label, label.error().message + "; " + label.error().hint);
    const auto given = hash_of_file(import.file);
    if (given.empty())
        return fail("image.import", import.file.string(), "cannot be read: name a disk image, qcow2 or raw");
    std::error_code error;
    const auto link = store / import.name;
    if (fs::exists(link, error) && !fs::is_symlink(link, error))
        return fail("image.import", link.string(), "is in the way and no image: choose another --name");

    Image image;
    image.name = import.name;
    image.kind = "vm";
    image.boot = "disk";
    image.recipe = short_hash(given + to_text(*label), 12);
    image.made_at = import.at;
    image.release = "imported from " + import.file.filename().string();
    image.label = to_text(*label);
    const auto home = store / (import.name + "-" + image.recipe);
    const auto aside = store / fmt::format(".importing-{}-{}", import.name, random_hex(4));
    const auto give_up = [&aside](Error because) -> Result<Image> {
        std::error_code ignored;
        fs::remove_all(aside, ignored);
        return tl::unexpected(std::move(because));
    };
    fs::create_directories(aside, error);
    if (error)
        return give_up({"image.import", store.string(), "cannot be written to (" + error.message() + "): run as root"});
    if (const auto made = convert(import.file, aside / "disk.qcow2"); !made)
        return give_up({"image.import", import.file.string(), made.error().message});
    auto disk = about(aside / "disk.qcow2");
    if (!disk)
        return give_up(disk.error());
    image.content = sha256_hex(disk->sha256 + "  disk.qcow2\n");
    image.files["disk.qcow2"] = *disk;
    bool wrote = write(aside / "sbom.spdx.json", json::serialize(sbom(image, import.file.filename().string())));
    if (auto listed = about(aside / "sbom.spdx.json"); listed)
        image.files["sbom.spdx.json"] = *listed;
    wrote = wrote && write(aside / "image.json", json::serialize(to_json(image)));
    if (!wrote)
        return give_up({"image.import", aside.string(), "cannot be written: is the disk full?"});
    // The same disk under the same label once more: what is there is the same.
    if (!fs::exists(home / "image.json", error))
        fs::rename(aside, home, error);
    if (error)
        return give_up({"image.import", home.string(), error.message()});
    fs::remove_all(aside, error);
    const auto new_link = store / fmt::format(".{}.link", import.name);
    fs::remove(new_link, error);
    fs::create_directory_symlink(home.filename(), new_link, error);
    fs::rename(new_link, link, error);
    if (error)
        return fail("image.import", link.string(), error.message());
    return read_image(link);
}

} // namespace testudo::images
