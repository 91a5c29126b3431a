#include "agents/snapshot/snapshot.hpp"

#include <sys/stat.h>
#include <utility>

#include "agents/protocol/base64.hpp"
#include "agents/snapshot/changes.hpp"
#include "agents/snapshot/stillness.hpp"
#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {

// It is held in the memory that the machine's own programs have.
constexpr std::size_t most_kept = std::size_t{64} << 20U;
// As much as fits into a line of the channel as base64.
constexpr std::size_t most_fetched = std::size_t{512} * 1024;

Reply refuse(std::string code, std::string message) {
    return tl::unexpected(Refusal{std::move(code), std::move(message), {}});
}

} // namespace

Snapshot::Snapshot() {
    struct stat root {};
    if (::stat("/", &root) == 0)
        made_ = root.st_ctim;
}

Reply Snapshot::keep() {
    kept_.clear();
    const auto archive = [this] {
        const Stillness stillness;
        return pack_changes("", made_, most_kept);
    }();
    if (!archive)
        return refuse(archive.error().code, archive.error().object.empty()
                                                ? archive.error().message
                                                : archive.error().object + ": " + archive.error().message);
    kept_ = archive->bytes;
    return json::object{{"size", kept_.size()}, {"entries", archive->entries}, {"sha256", sha256_hex(kept_)}};
}

Reply Snapshot::fetch(const json::object& request) {
    const auto offset = int_or(request, "offset", -1);
    if (offset < 0 || static_cast<std::size_t>(offset) >= kept_.size())
        return refuse("refused.params", "nothing was kept that far");
    const auto data = to_base64(std::string_view(kept_).substr(static_cast<std::size_t>(offset), most_fetched));
    if (static_cast<std::size_t>(offset) + most_fetched >= kept_.size())
        std::string().swap(kept_);
    return json::object{{"data", data}};
}

Reply Snapshot::give(const json::object& request) {
    const auto offset = int_or(request, "offset", -1);
    const auto data = from_base64(text_or(request, "data"));
    if (offset == 0)
        given_.clear();
    if (!data || offset < 0 || static_cast<std::size_t>(offset) != given_.size() ||
        given_.size() + data->size() > most_kept)
        return refuse("refused.params", "not the next part");
    given_ += *data;
    return json::object{{"size", given_.size()}};
}

Result<void> Snapshot::put_back(const std::string& sha256) {
    const auto archive = std::exchange(given_, {});
    if (sha256_hex(archive) != sha256)
        return fail("refused.params", "kept", "what was given is not what was kept");
    return unpack_changes("", archive);
}

} // namespace testudo::agents
