#include "orchestrator/libvirt/channel.hpp"

#include <algorithm>
#include <libvirt/libvirt.h>
#include <mutex>
#include <optional>
#include <utility>

namespace testudo::libvirt {
namespace {

constexpr std::size_t read_ahead = 1 << 20;
constexpr std::size_t write_bound = 16 << 20; // a guest that takes nothing for so long is as good as gone
constexpr std::size_t chunk = 64 << 10;

// Shared by the channel (on the loop), the source's callback (on the event thread) and posted tasks.
struct State : std::enable_shared_from_this<State> {
    State(Loop& l, std::unique_ptr<ByteSource> s) : loop(l), source(std::move(s)) {}

    Loop& loop;
    std::unique_ptr<ByteSource> source;

    std::mutex mutex; // guards what follows
    std::string arrived;
    std::string leaving;
    std::optional<Error> broken;
    bool closed = false;
    bool posted = false; // a delivery is on its way to the loop
    int wanted = VIR_STREAM_EVENT_READABLE;

    std::optional<agents::GuestChannel::Handlers> handlers; // of the loop alone
    bool told = false;                                      // likewise

    // The following want the mutex held.
    void want(int events) {
        if (wanted != events && !broken)
            source->want(wanted = events);
    }
    void post() {
        if (!std::exchange(posted, true))
            loop.post([self = shared_from_this()] { self->deliver(); });
    }
    void fail_with(const std::string& what) {
        broken = Error("channel.closed", "", what);
        source->want(0);
        post();
    }
    void fail_with_reason(const char* what) {
        const auto why = source->why();
        fail_with(why.empty() ? what : what + (": " + why));
    }

    void ready(int events) {
        const std::lock_guard lock(mutex);
        if (closed || broken)
            return;
        // What is still there to read comes before the news of the end.
        if ((events & (VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR)) != 0 && !read())
            return;
        if ((events & VIR_STREAM_EVENT_WRITABLE) != 0 && !send())
            return;
        if ((events & (VIR_STREAM_EVENT_HANGUP | VIR_STREAM_EVENT_ERROR)) != 0)
            fail_with_reason("the other side hung up");
    }

    bool read() {
        char buffer[chunk];
        while (arrived.size() < read_ahead) {
            const int got = source->receive(buffer, sizeof buffer);
            if (got == ByteSource::would_block)
                return true;
            if (got <= 0) {
                fail_with_reason(got == 0 ? "the stream has ended" : "the stream broke");
                return false;
            }
            arrived.append(buffer, static_cast<std::size_t>(got));
            post();
        }
        want(wanted & ~VIR_STREAM_EVENT_READABLE);
        return true;
    }

    bool send() {
        while (!leaving.empty()) {
            const int sent = source->send(leaving.data(), std::min(leaving.size(), chunk));
            if (sent == ByteSource::would_block)
                return true;
            if (sent < 0) {
                fail_with_reason("the stream broke");
                return false;
            }
            leaving.erase(0, static_cast<std::size_t>(sent));
        }
        want(wanted & ~VIR_STREAM_EVENT_WRITABLE);
        return true;
    }

    void deliver() {
        std::string bytes;
        std::optional<Error> end;
        {
            const std::lock_guard lock(mutex);
            posted = false;
            if (closed || !handlers)
                return;
            bytes.swap(arrived);
            end = broken;
            want(wanted | VIR_STREAM_EVENT_READABLE);
        }
        if (!bytes.empty())
            handlers->on_bytes(bytes);
        if (!end || told)
            return;
        {
            const std::lock_guard lock(mutex); // on_bytes may have closed the channel
            if (closed)
                return;
        }
        told = true;
        handlers->on_closed(*end);
    }
};

class Channel final : public agents::GuestChannel {
  public:
    Channel(std::shared_ptr<State> state, std::weak_ptr<WorkerPool> pool)
        : state_(std::move(state)), pool_(std::move(pool)) {}
    ~Channel() override { shut(); }

    void listen(Handlers handlers) override {
        state_->handlers = std::move(handlers);
        const std::lock_guard lock(state_->mutex);
        state_->post();
    }

    void write(std::string_view bytes) override {
        const std::lock_guard lock(state_->mutex);
        if (state_->closed || state_->broken)
            return;
        if (state_->leaving.size() + bytes.size() > write_bound)
            return state_->fail_with("the guest takes no bytes");
        state_->leaving.append(bytes);
        state_->want(state_->wanted | VIR_STREAM_EVENT_WRITABLE);
    }

    void close() override { shut(); }

  private:
    void shut() {
        {
            const std::lock_guard lock(state_->mutex);
            if (std::exchange(state_->closed, true))
                return;
        }
        const auto end = [state = state_] { state->source->end(); };
        if (const auto pool = pool_.lock())
            pool->run(end);
        else
            end();
    }

    std::shared_ptr<State> state_;
    std::weak_ptr<WorkerPool> pool_;
};

} // namespace

std::unique_ptr<agents::GuestChannel> channel_over(Loop& loop, std::weak_ptr<WorkerPool> pool,
                                                   std::unique_ptr<ByteSource> source) {
    auto state = std::make_shared<State>(loop, std::move(source));
    if (!state->source->watch([state](int events) { state->ready(events); })) {
        const std::lock_guard lock(state->mutex);
        state->broken = Error("channel.closed", "", "the stream's events cannot be had");
    }
    return std::make_unique<Channel>(std::move(state), std::move(pool));
}

} // namespace testudo::libvirt
