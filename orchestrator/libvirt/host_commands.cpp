#include "orchestrator/libvirt/host_commands.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "orchestrator/libvirt/command.hpp"

namespace testudo::libvirt {
namespace {

// Where the socket of a URI of this machine is; nothing for other machines.
std::optional<std::string> socket_of(const std::string& uri) {
    const auto scheme = uri.substr(0, uri.find("://"));
    const auto rest = uri.substr(std::min(uri.size(), scheme.size() + 3));
    const bool local = scheme == "qemu" || scheme == "qemu+unix";
    if (!local || !rest.starts_with("/system"))
        return std::nullopt;
    const auto named = rest.find("socket=");
    return named == std::string::npos ? "/run/libvirt/libvirt-sock" : rest.substr(named + 7, rest.find('&', named));
}

// The process that listens there: its network namespace is the one with the bridges.
Result<pid_t> listener_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail("range.host", path, "the path of the socket is too long");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ucred peer{};
    socklen_t size = sizeof peer;
    const bool known = socket >= 0 && ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                       ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    const auto why = errno;
    ::close(socket);
    if (!known)
        return fail("range.host", path, std::string("nobody listens there: ") + std::strerror(why));
    return peer.pid;
}

} // namespace

Result<void> run_on_host(const std::string& uri, const std::vector<std::string>& words, std::string_view input) {
    const auto socket = socket_of(uri);
    if (!socket)
        return fail("range.unsupported", uri, "packets can be guarded and segments joined on this machine only");
    const auto listener = listener_at(*socket);
    if (!listener)
        return tl::unexpected(listener.error());
    std::vector<std::string> inside{"nsenter", fmt::format("--net=/proc/{}/ns/net", *listener)};
    inside.insert(inside.end(), words.begin(), words.end());
    return run_command(inside, input);
}

} // namespace testudo::libvirt
