#include "orchestrator/libvirt/files.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/core/json.hpp"
#include "orchestrator/images/nocloud.hpp"
#include "orchestrator/images/verify.hpp"
#include "orchestrator/libvirt/command.hpp"
#include "orchestrator/libvirt/restore_feed.hpp"

namespace testudo::libvirt {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t identity_bytes = 256;

} // namespace

std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    std::string text(in ? static_cast<std::size_t>(in.tellg()) : 0, '\0');
    in.seekg(0);
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    return text;
}

Result<void> write_private(const fs::path& path, const std::string& text) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool wrote = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fdatasync(file) == 0;
    const int error = errno;
    if (file >= 0)
        ::close(file);
    if (!wrote)
        return fail("files.write", path.string(), std::generic_category().message(error));
    return {};
}

Result<void> make_overlay(const fs::path& base, const fs::path& overlay) {
    const auto made =
        run_command({"qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base.string(), overlay.string()});
    if (!made)
        return fail("files.overlay", overlay.string(), made.error().message);
    return {};
}

json::object to_json(const std::string& uuid, const range::Mark& mark) {
    return {
        {"uuid", uuid}, {"exercise", mark.exercise}, {"object", mark.object}, {"plan", mark.plan}, {"spec", mark.spec}};
}

range::Mark mark_from_json(const json::object& object) {
    return {text_or(object, "exercise"), text_or(object, "object"), text_or(object, "plan"), text_or(object, "spec")};
}

std::string identity_text(const std::string& text) {
    return text + std::string(identity_bytes - std::min(identity_bytes, text.size()), '\n');
}

Result<images::Image> ImageStore::checked(const std::string& name, const char* kind) const {
    auto image = images::read_image(directory_ / name);
    if (!image)
        return image;
    if (image->kind != kind)
        return fail("image.kind", name,
                    fmt::format("it is of kind {}, and the machine of kind {}: change the machine's `kind` or `image`",
                                image->kind, kind));
    const std::lock_guard lock(mutex_);
    if (!good_.contains(image->path)) {
        if (const auto good = images::verify_once(*image); !good)
            return tl::unexpected(good.error());
        good_.insert(image->path);
    }
    return image;
}

Result<fs::path> ImageStore::container_root(const std::string& image) const {
    return checked(image, "container").map([](const images::Image& found) { return found.path / "root"; });
}

Result<ImageStore::Vm> ImageStore::vm(const std::string& image) const {
    return checked(image, "vm").map([](const images::Image& found) {
        const auto& path = found.path;
        if (found.boot == "disk")
            return Vm{path / "disk.qcow2", "", "", ""};
        auto cmdline = text_of(path / "cmdline");
        while (cmdline.ends_with('\n'))
            cmdline.pop_back();
        return Vm{path / "disk.qcow2", path / "vmlinuz", path / "initrd.img", std::move(cmdline)};
    });
}

Result<fs::path> AgentStore::home() {
    if (!home_.empty())
        return home_;
    const auto bytes = text_of(program_);
    if (bytes.empty())
        return fail("agent.missing", program_.string(), "the agent's program is not there: build testudo-agent");
    const auto home = directory_ / short_hash(bytes, 16);
    std::error_code error;
    if (!fs::exists(home / "bin/testudo-agent", error)) {
        const auto building = directory_ / (".new-" + random_hex(8));
        fs::create_directories(building / "bin", error);
        fs::copy_file(program_, building / "bin/testudo-agent", error);
        if (!error)
            fs::permissions(building / "bin/testudo-agent", fs::perms(0755), error);
        if (!error)
            fs::rename(building, home, error);
        if (error && !fs::exists(home)) {
            fs::remove_all(building);
            return fail("agent.copy", program_.string(), error.message());
        }
        fs::remove_all(building, error); // somebody else was faster
    }
    return home_ = home;
}

Result<fs::path> AgentStore::directory() {
    const std::lock_guard lock(mutex_);
    return home().map([](const fs::path& path) { return path / "bin"; });
}

Result<fs::path> AgentStore::image() {
    const std::lock_guard lock(mutex_);
    const auto where = home();
    if (!where)
        return where;
    const auto image = *where / "agent.img";
    if (fs::exists(image))
        return image;
    const auto building = *where / (".new-" + random_hex(8));
    const auto mib = fs::file_size(*where / "bin/testudo-agent") / (1 << 20) + 4;
    const auto made = run_command({"mke2fs", "-q", "-t", "ext2", "-L", "TESTUDO", "-m", "0", "-d",
                                   (*where / "bin").string(), building.string(), fmt::format("{}M", mib)});
    if (!made) {
        fs::remove(building);
        return fail("agent.image", image.string(), made.error().message);
    }
    fs::rename(building, image);
    return image;
}

Result<VmFiles> MachineFiles::begin(const range::MachineSpec& spec) const {
    const auto home = directory_ / spec.name;
    remove(spec.name);
    std::error_code error;
    fs::create_directories(home, error);
    if (error)
        return fail("files.write", home.string(), error.message());
    VmFiles files;
    files.disk = home / "disk.qcow2";
    files.secret = home / "secret";
    files.machine = home / "machine";
    for (const auto& [path, text] : {std::pair(home / "mark.json", json::serialize(to_json(spec.uuid, spec.mark))),
                                     std::pair(files.secret, identity_text(spec.secret)),
                                     std::pair(files.machine, identity_text(spec.mark.object))})
        if (auto wrote = write_private(path, text); !wrote)
            return tl::unexpected(wrote.error());
    return files;
}

Result<VmFiles> MachineFiles::create(const range::MachineSpec& spec, const ImageStore::Vm& image,
                                     const fs::path& agent) const {
    auto files = begin(spec);
    if (!files)
        return files;
    files->kernel = image.kernel;
    files->initrd = image.initrd;
    files->cmdline = image.cmdline;
    files->agent = agent;
    if (image.kernel.empty()) { // it boots by itself, and cloud-init fetches the agent
        files->seed = files->disk.parent_path() / "seed.iso";
        images::NoCloud seed{spec.uuid, spec.hostname, {}};
        for (const auto& nic : spec.nics)
            seed.macs.push_back(nic.mac);
        if (auto wrote = write_private(files->seed, images::nocloud_seed(seed)); !wrote)
            return tl::unexpected(wrote.error());
    }
    if (auto made = make_overlay(image.disk, files->disk); !made)
        return tl::unexpected(made.error());
    return files;
}

Result<VmFiles> MachineFiles::create(const range::MachineSpec& spec, const std::vector<fs::path>& layers) const {
    auto files = begin(spec);
    if (!files)
        return files;
    fs::path base;
    for (const auto& layer : layers) {
        std::error_code error;
        base = directory_ / spec.name / layer.filename();
        fs::create_hard_link(layer, base, error);
        if (error)
            return fail("files.link", base.string(), error.message());
    }
    files->disk = next_layer(spec.name);
    if (auto made = make_overlay(base, files->disk); !made)
        return tl::unexpected(made.error());
    return files;
}

fs::path MachineFiles::next_layer(const std::string& name) const {
    auto path = directory_ / name / "disk.qcow2";
    for (int i = 1; fs::exists(path); ++i)
        path = directory_ / name / fmt::format("disk.{}.qcow2", i);
    return path;
}

void MachineFiles::remove(const std::string& name) const {
    RestoreFeed::release(directory_ / name / restore_fifo);
    std::error_code ignored; // somebody else may be removing it too
    fs::remove_all(directory_ / name, ignored);
}

std::vector<MachineFiles::Remains> MachineFiles::list() const {
    std::vector<Remains> all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory_, error)) {
        const auto mark = parse_json(text_of(entry.path() / "mark.json"));
        if (!mark || !mark->is_object())
            continue;
        const auto& object = mark->as_object();
        all.push_back({entry.path().filename().string(), text_or(object, "uuid"), {mark_from_json(object), "vm"}});
    }
    return all;
}

} // namespace testudo::libvirt
