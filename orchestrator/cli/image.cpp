#include <algorithm>
#include <cerrno>
#include <system_error>
#include <unistd.h>

#include "orchestrator/cli/place.hpp"
#include "orchestrator/cli/print.hpp"
#include "orchestrator/core/clock.hpp"
#include "orchestrator/images/import.hpp"
#include "orchestrator/images/recipes.hpp"
#include "orchestrator/images/verify.hpp"
#include "orchestrator/libvirt/command.hpp"

namespace testudo::cli {
namespace fs = std::filesystem;
namespace {

bool chosen(const ImageOptions& options, const std::string& name) {
    return options.names.empty() || std::find(options.names.begin(), options.names.end(), name) != options.names.end();
}

const char* standing(const images::Listed& one) {
    return !one.image ? "unusable" : one.verified ? "verified" : "not read";
}

std::string users(const images::Listed& one) {
    if (!one.used_by.empty())
        return fmt::format("{}", fmt::join(one.used_by, " "));
    return one.newest ? "unused" : "unused, older";
}

json::value to_json(const images::Listed& one) {
    json::object object{{"directory", one.path.filename().string()},
                        {"name", one.name},
                        {"newest", one.newest},
                        {"bytes", one.bytes},
                        {"verified", one.verified},
                        {"used_by", json::value_from(one.used_by)}};
    if (!one.image) {
        object["fault"] = one.image.error().text();
        return object;
    }
    for (const auto& [key, value] :
         {std::pair("kind", &images::Image::kind), std::pair("boot", &images::Image::boot),
          std::pair("recipe", &images::Image::recipe), std::pair("content", &images::Image::content),
          std::pair("made_at", &images::Image::made_at), std::pair("release", &images::Image::release),
          std::pair("label", &images::Image::label)})
        object[key] = *one.image.*value;
    object["packages"] = one.image->packages;
    return object;
}

// A name that nobody has is a mistake and no empty answer.
bool all_there(const ImageOptions& options, const std::vector<images::Listed>& listed) {
    bool there = true;
    for (const auto& name : options.names)
        if (std::none_of(listed.begin(), listed.end(), [&](const auto& one) { return one.name == name; })) {
            complain(images::read_image(images_of(options.place) / name).error());
            there = false;
        }
    return there;
}

} // namespace

int image_list(const ImageOptions& options) {
    const auto listed = images::list_images(images_of(options.place), options.place.state);
    if (!all_there(options, listed))
        return exit_failed;
    json::array array;
    std::uintmax_t unused = 0;
    for (const auto& one : listed) {
        if (!chosen(options, one.name))
            continue;
        if (one.used_by.empty())
            unused += one.bytes;
        if (options.json) {
            array.push_back(to_json(one));
            continue;
        }
        fmt::print("{:<32} {:<9} {:>5} MiB  {:<8}  {}\n", one.path.filename().string(),
                   one.image ? one.image->kind : "?", one.bytes >> 20, standing(one), users(one));
        if (one.image)
            fmt::print("    content {:.16}  {}  {}  {}\n", one.image->content, one.image->label,
                       one.image->packages == 0 ? "packages unknown" : fmt::format("{} packages", one.image->packages),
                       one.image->release);
        else
            fmt::print("    {}\n", one.image.error().text());
    }
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"images", std::move(array)}}));
    else
        fmt::print("{} MiB are unused\n", unused >> 20);
    return exit_ok;
}

int image_verify(const ImageOptions& options) {
    const auto listed = images::list_images(images_of(options.place), options.place.state);
    if (!all_there(options, listed))
        return exit_failed;
    bool good = true;
    json::array array;
    for (const auto& one : listed) {
        // Older versions from before images were sealed are nobody's any more; `list` shows them.
        if (!chosen(options, one.name) || (!one.image && !one.newest))
            continue;
        const auto verified = one.image.and_then([](const images::Image& image) { return images::verify(image); });
        good = good && verified;
        if (options.json)
            array.push_back({{"directory", one.path.filename().string()},
                             {"good", verified.has_value()},
                             {"fault", verified ? "" : verified.error().text()}});
        else if (verified)
            fmt::print("{}: is what was made\n", one.path.filename().string());
        else
            complain(verified.error());
    }
    if (options.json)
        fmt::print("{}\n", json::serialize(json::value{{"good", good}, {"images", std::move(array)}}));
    return good ? exit_ok : exit_failed;
}

int image_build(const ImageOptions& options) {
    const auto program = images::source_file("deploy/images/build");
    if (program.empty())
        return complain({"image.build", "deploy/images/build",
                         "is not near this program: run it from a clone of Testudo's source"});
    std::vector<std::string> words{program.string()};
    words.insert(words.end(), options.names.begin(), options.names.end());
    ::setenv("TESTUDO_IMAGES", images_of(options.place).c_str(), 1);
    if (options.json) {
        if (const auto built = libvirt::run_command(words); !built)
            return complain({"image.build", fmt::format("{}", fmt::join(options.names, " ")), built.error().message});
        return image_list(options);
    }
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(program.c_str(), arguments.data());
    return complain({"image.build", program.string(), std::generic_category().message(errno)});
}

int image_import(const ImageImportOptions& options) {
    const auto seconds = to_rfc3339(RealClock().wall()).substr(0, 19) + "Z"; // SPDX allows no fractions
    const auto image = images::import_disk(
        images_of(options.place), {options.file, options.name, options.label, seconds},
        [](const fs::path& from, const fs::path& to) {
            // In one thread: the same disk gives the same bytes.
            return libvirt::run_command({"qemu-img", "convert", "-m", "1", "-O", "qcow2", from.string(), to.string()});
        });
    if (!image)
        return complain(image.error());
    if (options.json)
        fmt::print("{}\n", json::serialize(images::to_json(*image)));
    else
        fmt::print("{} is in the store as {}; a machine is made from it with `kind: vm` and `image: {}`\n",
                   options.file, image->path.filename().string(), image->name);
    return exit_ok;
}

} // namespace testudo::cli
