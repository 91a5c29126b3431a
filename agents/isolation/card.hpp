#pragma once
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "orchestrator/core/error.hpp"

namespace testudo::agents {

// One of this machine's network cards, to send and hear whole Ethernet frames by. Needs CAP_NET_RAW.
class Card {
  public:
    explicit Card(boost::asio::io_context& io) : socket_(io) {}

    // "failed" with the system's words. `everything`: also what is for others, as far as it comes by.
    Result<void> open(const std::string& interface, bool everything);
    const std::string& mac() const { return mac_; } // six bytes
    // One that cannot be sent is lost, as on any wire.
    void send(std::string_view frame);
    // `take` is given every frame that others sent, until the card is closed; the caller keeps itself alive meanwhile.
    void listen(std::function<void(std::string_view)> take);
    void close();

  private:
    void read(const std::function<void(std::string_view)>& take);

    boost::asio::posix::stream_descriptor socket_;
    std::string mac_;
};

} // namespace testudo::agents
