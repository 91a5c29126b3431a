#include "orchestrator/images/image.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <set>
#include <sys/stat.h>

#include "orchestrator/images/verify.hpp"

namespace testudo::images {
namespace fs = std::filesystem;
namespace {

// Of the image at NAME-HASH.
std::string name_in(const fs::path& directory) {
    const auto text = directory.filename().string();
    return text.substr(0, text.rfind('-'));
}

std::uintmax_t bytes_below(const fs::path& directory) {
    std::uintmax_t bytes = 0;
    std::error_code error;
    for (auto at = fs::recursive_directory_iterator(directory, fs::directory_options::skip_permission_denied, error);
         at != fs::recursive_directory_iterator(); at.increment(error)) {
        struct stat status {};
        if (error || ::lstat(at->path().c_str(), &status) != 0)
            break;
        bytes += static_cast<std::uintmax_t>(status.st_blocks) * 512 / std::max<std::uintmax_t>(1, status.st_nlink);
    }
    return bytes;
}

// Names of images by the exercises whose plan has machines from them.
std::map<std::string, std::vector<std::string>> users_of_images(const fs::path& state) {
    std::map<std::string, std::vector<std::string>> users;
    std::error_code error;
    for (const auto& exercise : fs::directory_iterator(state / "exercises", error)) {
        const auto plan = parse_json(read_text(exercise.path() / "plan.json"));
        if (!plan || !plan->is_object())
            continue;
        std::set<std::string> images;
        for (const auto& machine : array_or_empty(plan->get_object(), "machines"))
            if (machine.is_object())
                images.insert(text_or(machine.get_object(), "image"));
        for (const auto& image : images)
            users[image].push_back(exercise.path().filename().string());
    }
    return users;
}

} // namespace

std::string read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<Image> read_image(const fs::path& directory) {
    std::error_code error;
    Image image;
    image.path = fs::canonical(directory, error);
    const auto name = directory.filename().string();
    if (error)
        return fail("image.missing", name,
                    fmt::format("there is no image {} in {}: `testudo image build {}` makes it", name,
                                directory.parent_path().string(), name));
    if (!fs::exists(image.path / "image.json", error))
        return fail("image.unsealed", name_in(image.path),
                    fmt::format("{} has no image.json, so nothing says what should be in it: `testudo image build {}` "
                                "makes one that has",
                                image.path.string(), name_in(image.path)));
    const auto document = parse_json(read_text(image.path / "image.json"));
    if (!document || !document->is_object() || int_or(document->get_object(), "format") != 1)
        return fail("image.altered", name_in(image.path),
                    fmt::format("{}/image.json cannot be read: remove {} and run `testudo image build {}`",
                                image.path.string(), image.path.string(), name_in(image.path)));
    const auto& object = document->get_object();
    for (const auto& [member, key] : {std::pair(&Image::name, "name"), std::pair(&Image::kind, "kind"),
                                      std::pair(&Image::boot, "boot"), std::pair(&Image::recipe, "recipe"),
                                      std::pair(&Image::content, "content"), std::pair(&Image::made_at, "made_at"),
                                      std::pair(&Image::release, "release"), std::pair(&Image::label, "label")})
        image.*member = text_or(object, key);
    image.packages = int_or(object, "packages");
    for (const auto& [file, about] : object_or_empty(object, "files"))
        if (about.is_object())
            image.files[std::string(file)] = {static_cast<std::uintmax_t>(int_or(about.get_object(), "size")),
                                              text_or(about.get_object(), "sha256")};
    return image;
}

json::object to_json(const Image& image) {
    json::object files;
    for (const auto& [name, file] : image.files)
        files[name] = {{"size", file.size}, {"sha256", file.sha256}};
    return {{"format", 1},
            {"name", image.name},
            {"kind", image.kind},
            {"recipe", image.recipe},
            {"content", image.content},
            {"made_at", image.made_at},
            {"release", image.release},
            {"label", image.label},
            {"boot", image.boot},
            {"packages", image.packages},
            {"files", std::move(files)}};
}

std::vector<Listed> list_images(const fs::path& store, const fs::path& state) {
    const auto users = users_of_images(state);
    std::vector<Listed> all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(store, error)) {
        const auto file = entry.path().filename().string();
        if (entry.is_symlink(error) || !entry.is_directory(error) || file.starts_with('.'))
            continue;
        Listed one{entry.path(), name_in(entry.path())};
        std::error_code none;
        one.newest = fs::read_symlink(store / one.name, none) == file;
        one.bytes = bytes_below(entry.path());
        one.image = read_image(entry.path());
        one.verified = one.image && is_known_good(*one.image);
        if (const auto found = users.find(one.name); one.newest && found != users.end())
            one.used_by = found->second;
        all.push_back(std::move(one));
    }
    std::sort(all.begin(), all.end(), [](const Listed& a, const Listed& b) {
        return std::tuple(a.name, !a.newest, a.path) < std::tuple(b.name, !b.newest, b.path);
    });
    return all;
}

} // namespace testudo::images
