#include "agents/isolation/card.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace testudo::agents {

Result<void> Card::open(const std::string& interface, bool everything) {
    const int file = ::socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
    if (file < 0)
        return fail("failed", interface, std::strerror(errno));
    socket_.assign(file);
    sockaddr_ll self{};
    self.sll_family = AF_PACKET;
    self.sll_protocol = htons(ETH_P_ALL);
    self.sll_ifindex = static_cast<int>(::if_nametoindex(interface.c_str()));
    socklen_t size = sizeof self;
    if (self.sll_ifindex == 0 || ::bind(file, reinterpret_cast<sockaddr*>(&self), size) != 0 ||
        ::getsockname(file, reinterpret_cast<sockaddr*>(&self), &size) != 0)
        return fail("failed", interface, std::strerror(errno));
    mac_.assign(reinterpret_cast<const char*>(self.sll_addr), 6);
    if (!everything)
        return {};
    packet_mreq request{};
    request.mr_ifindex = self.sll_ifindex;
    request.mr_type = PACKET_MR_PROMISC;
    if (::setsockopt(file, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) != 0)
        return fail("failed", interface, std::strerror(errno));
    return {};
}

void Card::send(std::string_view frame) {
    (void)::send(socket_.native_handle(), frame.data(), frame.size(), 0);
}

void Card::listen(std::function<void(std::string_view)> take) {
    socket_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                       [this, take = std::move(take)](const boost::system::error_code& ec) {
                           if (ec)
                               return;
                           read(take);
                           listen(take);
                       });
}

void Card::read(const std::function<void(std::string_view)>& take) {
    std::array<char, 2'048> buffer{};
    sockaddr_ll from{};
    for (socklen_t size = sizeof from;; size = sizeof from) {
        const auto got = ::recvfrom(socket_.native_handle(), buffer.data(), buffer.size(), 0,
                                    reinterpret_cast<sockaddr*>(&from), &size);
        if (got < 0)
            return;
        if (from.sll_pkttype != PACKET_OUTGOING)
            take({buffer.data(), static_cast<std::size_t>(got)});
    }
}

void Card::close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
}

} // namespace testudo::agents
