#include "web/server/desk.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "orchestrator/core/clock.hpp"

namespace testudo::web {

Desk::Desk(Limits limits_, Backend& backend_, Hub& hub_, StaticFiles files_, std::shared_ptr<Gate> gate)
    : limits(limits_), backend(backend_), hub(hub_), files(std::move(files_)), gate_(std::move(gate)),
      failed_sign_ins_(limits.failed_sign_ins, limits.failed_sign_in_refill) {}

std::optional<Caller> Desk::sign_in(std::string_view token, const std::string& remote, bool& limited) {
    limited = false;
    auto caller = backend.authenticate(token);
    if (caller || token.empty())
        return caller;
    metrics.sign_in_failed();
    limited = !failed_sign_ins_.take(remote, std::chrono::steady_clock::now());
    return std::nullopt;
}

std::uint64_t Desk::ask(ApiRequest request, Answer answer) {
    const auto ticket = next_ticket_++;
    waiting_.emplace(ticket, std::move(answer));
    // The domain may answer when this server is gone: the gate is then shut, and nothing here is touched.
    backend.call(std::move(request), [this, gate = gate_, ticket](ApiResponse response) {
        gate->post([this, ticket, response = std::move(response)]() mutable {
            auto node = waiting_.extract(ticket);
            if (node)
                node.mapped()(std::move(response));
        });
    });
    return ticket;
}

void Desk::subscribed(Channel& channel, LiveClient& client) {
    clients_[&channel].insert(&client);
    metrics.live_clients(++client_count_);
}

void Desk::unsubscribed(Channel& channel, LiveClient& client) {
    clients_[&channel].erase(&client);
    metrics.live_clients(--client_count_);
}

void Desk::pump_changed() {
    for (auto* channel : hub.take_changed())
        for (auto* client : clients_[channel])
            client->pump();
}

void Desk::each_client(const std::function<void(LiveClient&)>& visit) {
    // A visit may end the subscription.
    std::vector<LiveClient*> all;
    for (const auto& [channel, clients] : clients_)
        all.insert(all.end(), clients.begin(), clients.end());
    for (auto* client : all)
        visit(*client);
}

Frame Desk::heartbeat() const {
    return std::make_shared<const std::string>(
        fmt::format(R"({{"type":"heartbeat","wall_ms":{}}})", RealClock().wall().time_since_epoch().count()));
}

std::string Desk::scrape() {
    std::size_t behind = 0;
    std::size_t deepest = 0;
    each_client([&](LiveClient& client) {
        const auto depth = client.behind();
        behind += depth > 0;
        deepest = std::max(deepest, depth);
    });
    metrics.backlog(behind, deepest);
    metrics.connections(peers.size());
    return metrics.text();
}

} // namespace testudo::web
