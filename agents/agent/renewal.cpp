#include "agents/agent/renewal.hpp"

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <linux/random.h>
#include <string_view>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "agents/actions/local_file.hpp"
#include "orchestrator/core/digest.hpp"

namespace testudo::agents {
namespace {

// The driver hands out first what it had fetched before the machine was saved, which all clones have in common (at most
// two buffers of 64 bytes); what comes after that is each one's own.
constexpr std::size_t from_host = 512;
constexpr int bits_credited = 256;

std::string bytes_of_host() {
    std::string bytes(from_host, '\0');
    std::size_t got = 0;
    const int fd = ::open("/dev/hwrng", O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && got < bytes.size()) {
        const auto piece = ::read(fd, bytes.data() + got, bytes.size() - got);
        if (piece <= 0)
            break;
        got += static_cast<std::size_t>(piece);
    }
    if (fd >= 0)
        ::close(fd);
    bytes.resize(got);
    return bytes;
}

} // namespace

void reseed(const std::string& own) {
    const auto seed = own + bytes_of_host();
    const int fd = ::open("/dev/urandom", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    // struct rand_pool_info: bits to credit, bytes, and then the bytes themselves.
    std::vector<char> request(2 * sizeof(int) + seed.size());
    const int head[2] = {bits_credited, static_cast<int>(seed.size())};
    std::memcpy(request.data(), head, sizeof head);
    std::memcpy(request.data() + sizeof head, seed.data(), seed.size());
    ::ioctl(fd, RNDADDENTROPY, request.data());
    ::ioctl(fd, RNDRESEEDCRNG); // at once, not when the kernel next thinks of it
    ::close(fd);
}

void renew_identity() {
    (void)replace_file("/etc/machine-id", random_hex(16) + "\n", {0444, 0, 0});
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator("/etc/ssh", error))
        if (entry.path().filename().string().starts_with("ssh_host_"))
            std::filesystem::remove(entry.path(), error);
}

} // namespace testudo::agents
