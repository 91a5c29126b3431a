#include "orchestrator/daemon/replay_server.hpp"

#include "orchestrator/core/digest.hpp"
#include "orchestrator/daemon/access.hpp"
#include "orchestrator/daemon/controllers.hpp"
#include "orchestrator/daemon/publisher.hpp"
#include "orchestrator/store/archive.hpp"
#include "web/api/api.hpp"
#include "web/server/server.hpp"

namespace testudo::daemon {

struct ReplayServer::Parts {
    std::unique_ptr<exercise::Replay> past;
    web::Hub hub;
    std::unique_ptr<Publisher> publisher;
    std::unique_ptr<ReadingController> controller;
    std::unique_ptr<web::Api> api;
    std::unique_ptr<web::Server> server;
    std::string link;
};

ReplayServer::ReplayServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ReplayServer::~ReplayServer() = default;

Result<std::unique_ptr<ReplayServer>> ReplayServer::open(Loop& loop, const ReplayServerOptions& options) {
    const auto log = store::open_archive(options.archive);
    if (!log)
        return tl::unexpected(log.error());
    auto past = exercise::Replay::open(*log->log);
    if (!past)
        return tl::unexpected(past.error());

    auto parts = std::make_unique<Parts>();
    auto& p = *parts;
    p.past = std::make_unique<exercise::Replay>(std::move(*past));
    exercise::ViewOptions view;
    view.replay = true;
    p.publisher = std::make_unique<Publisher>(
        loop, p.hub, [&p]() -> const exercise::Projection& { return p.past->now(); }, view);
    p.controller = std::make_unique<ReadingController>(
        *p.past, view, [file = options.archive]() -> Result<std::filesystem::path> { return file; });
    const auto access = make_access(p.past->now().plan(), random_hex(32));
    const web::ApiOptions api_options{.public_board = false, .replay = true};
    p.api = std::make_unique<web::Api>(loop, *p.controller, access.tokens, api_options);
    web::Options web_options;
    web_options.address = options.address;
    web_options.port = options.port;
    web_options.ui_directory = options.ui;
    auto server = web::Server::start(web_options, *p.api, p.hub);
    if (!server)
        return tl::unexpected(server.error());
    p.server = std::move(*server);
    const auto links = links_at(access, options.address, p.server->port(), api_options.public_board);
    p.link = links.at("instructor").as_string();
    if (!options.links.empty())
        if (const auto written = ExerciseFolder::write_private(options.links, json::serialize(links)); !written)
            return tl::unexpected(written.error());
    return std::unique_ptr<ReplayServer>(new ReplayServer(std::move(parts)));
}

const std::string& ReplayServer::link() const {
    return parts_->link;
}

const std::string& ReplayServer::exercise() const {
    return parts_->past->now().plan().exercise;
}

} // namespace testudo::daemon
