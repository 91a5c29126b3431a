#pragma once
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "web/server/backend.hpp"
#include "web/server/gate.hpp"
#include "web/server/hub.hpp"
#include "web/server/metrics.hpp"
#include "web/server/options.hpp"
#include "web/server/rate_limit.hpp"
#include "web/server/static_files.hpp"

namespace testudo::web {

// A connection of either kind, as the server sees it.
class Peer {
  public:
    virtual ~Peer() = default;
    virtual void shut_down() = 0; // the server stops
};

// A subscribed WebSocket client, as the server sees it.
class LiveClient {
  public:
    virtual ~LiveClient() = default;
    virtual void pump() = 0; // there may be something new to send
    virtual void check_stall(std::chrono::steady_clock::time_point now) = 0;
    virtual void beat(const Frame& heartbeat) = 0;
    virtual std::size_t behind() const = 0;
};

// What all connections share. Used on the server's thread only, so nothing here is locked.
class Desk {
  public:
    using Answer = std::function<void(ApiResponse)>;

    Desk(Limits limits_, Backend& backend_, Hub& hub_, StaticFiles files_, std::shared_ptr<Gate> gate);

    const Limits limits;
    Backend& backend;
    Hub& hub;
    const StaticFiles files;
    Metrics metrics;
    std::unordered_set<Peer*> peers;

    // The caller that the token stands for. A refused one counts against the remote address; `limited` says that this
    // address has failed too often. A good token is taken even then: behind one address may be a whole nation.
    std::optional<Caller> sign_in(std::string_view token, const std::string& remote, bool& limited);

    // Hands the request to the backend; `answer` is called on this thread unless forgotten before. Returns its ticket.
    std::uint64_t ask(ApiRequest request, Answer answer);
    void forget(std::uint64_t ticket) { waiting_.erase(ticket); }
    void forget_all() { waiting_.clear(); }

    void subscribed(Channel& channel, LiveClient& client);
    void unsubscribed(Channel& channel, LiveClient& client);
    void pump_changed();
    void each_client(const std::function<void(LiveClient&)>& visit);
    // {"type":"heartbeat","wall_ms":...} of this moment
    Frame heartbeat() const;
    // The metrics' text, with those that are only known by asking around brought up to date.
    std::string scrape();

  private:
    std::shared_ptr<Gate> gate_;
    RateLimit failed_sign_ins_;
    std::unordered_map<std::uint64_t, Answer> waiting_;
    std::uint64_t next_ticket_ = 1;
    std::unordered_map<Channel*, std::unordered_set<LiveClient*>> clients_;
    std::size_t client_count_ = 0;
};

} // namespace testudo::web
