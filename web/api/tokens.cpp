#include "web/api/tokens.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <sodium.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

#include "orchestrator/core/digest.hpp"
#include "orchestrator/core/json.hpp"

namespace testudo::web {
namespace {

constexpr std::size_t token_bytes = 32;

Result<void> write_private(const std::filesystem::path& file, std::string_view text) {
    const auto next = file.string() + ".new";
    ::unlink(next.c_str());
    const int fd = ::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail("tokens.unwritable", next, std::strerror(errno));
    const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    const int error = errno;
    ::close(fd);
    if (!written)
        return fail("tokens.unwritable", next, std::strerror(error));
    if (::rename(next.c_str(), file.c_str()) != 0)
        return fail("tokens.unwritable", file.string(), std::strerror(errno));
    return {};
}

} // namespace

std::string Tokens::issue(const Caller& caller) {
    if (sodium_init() < 0)
        throw std::runtime_error("the system gives no random numbers");
    std::array<unsigned char, token_bytes> bytes;
    randombytes_buf(bytes.data(), bytes.size());
    constexpr auto variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string token(sodium_base64_ENCODED_LEN(token_bytes, variant), '\0');
    sodium_bin2base64(token.data(), token.size(), bytes.data(), bytes.size(), variant);
    token.pop_back(); // the terminating zero
    held_.push_back({sha256_hex(token), caller});
    return token;
}

std::optional<Caller> Tokens::find(std::string_view token) const {
    const auto hash = sha256_hex(token);
    std::optional<Caller> found;
    for (const auto& held : held_)
        if (equal_constant_time(held.sha256, hash))
            found = held.caller;
    return found;
}

Result<void> Tokens::save(const std::filesystem::path& file) const {
    json::array tokens;
    for (const auto& held : held_)
        tokens.push_back({{"sha256", held.sha256},
                          {"role", role_name(held.caller.role)},
                          {"team", held.caller.team},
                          {"name", held.caller.name}});
    return write_private(file, json::serialize(json::object{{"tokens", std::move(tokens)}}) + "\n");
}

Result<Tokens> Tokens::load(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        return fail("tokens.unreadable", file.string(), std::strerror(errno));
    if ((status.st_mode & 077) != 0)
        return fail("tokens.exposed", file.string(),
                    fmt::format("others may read it (mode {:o}): chmod 600, and issue new tokens if they did",
                                status.st_mode & 0777));
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto document = parse_json(text);
    if (!document || !document->is_object())
        return fail("tokens.corrupt", file.string(), "is not a token file");
    Tokens loaded;
    for (const auto& entry : array_or_empty(document->get_object(), "tokens")) {
        if (!entry.is_object())
            return fail("tokens.corrupt", file.string(), "holds an entry that is not an object");
        const auto& object = entry.get_object();
        const auto role = role_of(text_or(object, "role"));
        auto hash = text_or(object, "sha256");
        if (!role || hash.size() != 64)
            return fail("tokens.corrupt", file.string(), "holds an entry without a known role or a hash");
        loaded.held_.push_back({std::move(hash), {*role, text_or(object, "team"), text_or(object, "name")}});
    }
    return loaded;
}

} // namespace testudo::web
