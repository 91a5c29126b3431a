#pragma once
#include <boost/asio/ip/tcp.hpp>

#include "web/server/desk.hpp"

namespace testudo::web {

// Serves HTTP on an accepted connection until either side closes it or it becomes a live view.
void serve_http(boost::asio::ip::tcp::socket socket, Desk& desk);

} // namespace testudo::web
