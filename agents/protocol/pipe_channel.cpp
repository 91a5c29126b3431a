#include "agents/protocol/pipe_channel.hpp"

#include <optional>

namespace testudo::agents {
namespace {

// What both ends share: one of these per end, holding what is on its way to that end.
struct End {
    Loop& loop;
    std::weak_ptr<End> peer;
    std::optional<GuestChannel::Handlers> handlers;
    std::string arriving;
    bool peer_gone = false;
    bool told = false;
    bool closed = false;
};

void deliver(const std::shared_ptr<End>& end) {
    end->loop.post([weak = std::weak_ptr(end)] {
        const auto to = weak.lock();
        if (!to || to->closed || !to->handlers)
            return;
        if (!to->arriving.empty())
            to->handlers->on_bytes(std::exchange(to->arriving, {}));
        if (to->peer_gone && !to->closed && !std::exchange(to->told, true))
            to->handlers->on_closed(Error("channel.closed", "", "the other side closed the channel"));
    });
}

class PipeChannel final : public GuestChannel {
  public:
    explicit PipeChannel(std::shared_ptr<End> end) : end_(std::move(end)) {}
    ~PipeChannel() override { shut(); }

    void listen(Handlers handlers) override {
        end_->handlers = std::move(handlers);
        deliver(end_);
    }
    void write(std::string_view bytes) override {
        const auto peer = end_->peer.lock();
        if (end_->closed || !peer)
            return;
        peer->arriving.append(bytes);
        deliver(peer);
    }
    void close() override { shut(); }

  private:
    void shut() {
        if (std::exchange(end_->closed, true))
            return;
        if (const auto peer = end_->peer.lock()) {
            peer->peer_gone = true;
            deliver(peer);
        }
    }

    std::shared_ptr<End> end_;
};

} // namespace

std::pair<std::unique_ptr<GuestChannel>, std::unique_ptr<GuestChannel>> pipe_channels(Loop& loop) {
    const auto a = std::make_shared<End>(End{loop, {}, {}, {}, false, false, false});
    const auto b = std::make_shared<End>(End{loop, a, {}, {}, false, false, false});
    a->peer = b;
    return {std::make_unique<PipeChannel>(a), std::make_unique<PipeChannel>(b)};
}

} // namespace testudo::agents
