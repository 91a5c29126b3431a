#include "orchestrator/libvirt/files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/core/json.hpp"
#include "orchestrator/libvirt/command.hpp"

namespace testudo::libvirt {
namespace fs = std::filesystem;
namespace {

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

} // namespace

Result<fs::path> ImageStore::resolve(const std::string& image, const std::vector<const char*>& parts) const {
    std::error_code error;
    const auto path = fs::canonical(directory_ / image, error);
    if (error)
        return fail("image.missing", image,
                    fmt::format("there is no image {} in {}: `deploy/images/build {}` makes it", image,
                                directory_.string(), image));
    for (const auto* part : parts)
        if (!fs::exists(path / part, error))
            return fail(
                "image.broken", image,
                fmt::format("{} lacks {}: remove it and run `deploy/images/build {}`", path.string(), part, image));
    return path;
}

Result<fs::path> ImageStore::container_root(const std::string& image) const {
    return resolve(image, {"root"}).map([](const fs::path& path) { return path / "root"; });
}

Result<ImageStore::Vm> ImageStore::vm(const std::string& image) const {
    return resolve(image, {"disk.qcow2", "vmlinuz", "initrd.img", "cmdline"}).map([](const fs::path& path) {
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

Result<VmFiles> MachineFiles::create(const range::MachineSpec& spec, const ImageStore::Vm& image,
                                     const fs::path& agent) const {
    const auto home = directory_ / spec.name;
    std::error_code error;
    fs::remove_all(home, error);
    fs::create_directories(home, error);
    if (error)
        return fail("files.write", home.string(), error.message());
    const VmFiles files{home / "disk.qcow2", image.kernel,    image.initrd, image.cmdline, agent,
                        home / "secret",     home / "machine"};
    const json::object mark{{"uuid", spec.uuid},
                            {"exercise", spec.mark.exercise},
                            {"object", spec.mark.object},
                            {"plan", spec.mark.plan},
                            {"spec", spec.mark.spec}};
    for (const auto& [path, text] : {std::pair(home / "mark.json", json::serialize(mark)),
                                     std::pair(files.secret, spec.secret), std::pair(files.machine, spec.mark.object)})
        if (auto wrote = write_private(path, text); !wrote)
            return tl::unexpected(wrote.error());
    const auto made = run_command(
        {"qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image.disk.string(), files.disk.string()});
    if (!made)
        return fail("files.overlay", files.disk.string(), made.error().message);
    return files;
}

void MachineFiles::remove(const std::string& name) const {
    fs::remove_all(directory_ / name);
}

std::vector<MachineFiles::Remains> MachineFiles::list() const {
    std::vector<Remains> all;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory_, error)) {
        const auto mark = parse_json(text_of(entry.path() / "mark.json"));
        if (!mark || !mark->is_object())
            continue;
        const auto& object = mark->as_object();
        all.push_back({entry.path().filename().string(),
                       text_or(object, "uuid"),
                       {{text_or(object, "exercise"), text_or(object, "object"), text_or(object, "plan"),
                         text_or(object, "spec")},
                        "vm"}});
    }
    return all;
}

} // namespace testudo::libvirt
