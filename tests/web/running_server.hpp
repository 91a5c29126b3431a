#pragma once
#include <gtest/gtest.h>
#include <thread>

#include "orchestrator/core/loop.hpp"
#include "tests/web/fake_controller.hpp"
#include "web/api/api.hpp"
#include "web/server/server.hpp"

namespace testudo::web {

// A server on a free port of loopback with the API over a fake exercise, whose loop runs on a thread of its own.
struct RunningServer {
    Tokens tokens;
    const std::string white = tokens.issue({Role::white, "", "white 1"});
    const std::string instructor = tokens.issue({Role::instructor, "", "instructor 1"});
    const std::string north = tokens.issue({Role::team, "north", "north lead"});
    const std::string south = tokens.issue({Role::team, "south", "south lead"});
    FakeController controller;
    RealLoop loop;
    Api api;
    Hub hub;
    std::thread domain{[this] { loop.run(); }};
    std::unique_ptr<Server> server;

    explicit RunningServer(Options options = {}, ApiOptions api_options = {})
        : api(loop, controller, tokens, api_options) {
        auto started = Server::start(options, api, hub);
        if (started)
            server = std::move(*started);
        else
            ADD_FAILURE() << started.error().text();
    }
    ~RunningServer() {
        server.reset();
        loop.stop();
        domain.join();
    }
    std::uint16_t port() const { return server->port(); }
};

} // namespace testudo::web
