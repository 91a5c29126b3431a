#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "web/server/desk.hpp"

namespace testudo::web {

// Takes over a connection whose request, `head` (with whatever the client sent behind it), asks for the live view: does
// the WebSocket handshake and serves the client until either side leaves. docs/views.md has the protocol.
void serve_live(boost::asio::ip::tcp::socket socket, std::string head, std::string remote, Desk& desk);

} // namespace testudo::web
