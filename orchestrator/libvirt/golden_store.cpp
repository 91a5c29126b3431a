#include "orchestrator/libvirt/golden_store.hpp"

#include <system_error>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/libvirt/files.hpp"

namespace testudo::libvirt {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t key_digits = 16;
constexpr const char* kind_file = "kind.json";

json::object to_json(const GoldenKind& kind) {
    return {{"image", kind.image.string()},
            {"agent", kind.agent},
            {"memory_mib", kind.memory_mib},
            {"cpus", kind.cpus},
            {"accel", kind.accel},
            {"hypervisor", kind.hypervisor},
            {"format", 2}}; // of the golden machine itself: to be raised when it is made in another way
}

} // namespace

std::string GoldenKind::key() const {
    return short_hash(json::serialize(to_json(*this)), key_digits);
}

std::string GoldenStore::Golden::key() const {
    return directory.filename().string().substr(0, key_digits);
}

std::optional<GoldenStore::Golden> GoldenStore::find(const std::string& key) const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory_, error))
        if (const Golden golden{entry.path()}; golden.key() == key && fs::exists(golden.state(), error))
            return golden;
    return {};
}

std::optional<FileLock> GoldenStore::lock(const std::string& key, FileLock::Kind kind) const {
    std::error_code ignored;
    fs::create_directories(directory_, ignored);
    return FileLock::try_take(directory_ / (key + ".lock"), kind);
}

Result<GoldenStore::Golden> GoldenStore::begin(const GoldenKind& kind) const {
    Golden golden{directory_ / (kind.key() + "-" + random_hex(4))};
    std::error_code error;
    fs::create_directories(golden.directory, error);
    if (error)
        return fail("files.write", golden.directory.string(), error.message());
    if (auto wrote = write_private(golden.directory / kind_file, json::serialize(to_json(kind))); !wrote)
        return tl::unexpected(wrote.error());
    return golden;
}

void GoldenStore::remove(const Golden& golden) const {
    std::error_code ignored;
    fs::remove_all(golden.directory, ignored);
}

void GoldenStore::spoil(const Golden& golden) const {
    std::error_code ignored;
    fs::remove(golden.state(), ignored);
}

void GoldenStore::prune(const std::string& agent, const std::string& hypervisor) const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory_, error)) {
        if (!entry.is_directory(error))
            continue;
        const Golden golden{entry.path()};
        const auto parsed = parse_json(text_of(golden.directory / kind_file));
        const auto kind = parsed && parsed->is_object() ? parsed->as_object() : json::object();
        const bool usable = fs::exists(golden.state(), error) && fs::exists(text_or(kind, "image"), error) &&
                            text_or(kind, "agent") == agent && text_or(kind, "hypervisor") == hypervisor;
        if (!usable && lock(golden.key(), FileLock::Kind::exclusive))
            remove(golden);
    }
}

} // namespace testudo::libvirt
