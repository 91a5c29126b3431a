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
    const std::string white = "token-of-white";
    const std::string instructor = "token-of-an-instructor";
    const std::string north = "token-of-north";
    const std::string south = "token-of-south";
    FakeController controller;
    RealLoop loop;
    Api api;
    Hub hub;
    std::thread domain{[this] { loop.run(); }};
    std::unique_ptr<Server> server;

    explicit RunningServer(Options options = {}, ApiOptions api_options = {})
        : api(loop, controller, tokens_of_all(), api_options) {
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
    Tokens tokens_of_all() const {
        Tokens tokens;
        tokens.admit(white, {Role::white, "", "white 1"});
        tokens.admit(instructor, {Role::instructor, "", "instructor 1"});
        tokens.admit(north, {Role::team, "north", "north lead"});
        tokens.admit(south, {Role::team, "south", "south lead"});
        return tokens;
    }
};

} // namespace testudo::web
