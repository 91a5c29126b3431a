#include "web/server/live.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

namespace testudo::web {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using std::chrono::steady_clock;

// Close codes of our own, after the HTTP statuses that they resemble.
constexpr std::uint16_t token_refused = 4401;
constexpr std::uint16_t no_subscription = 4408;
constexpr std::uint16_t message_too_long = 4413;
constexpr std::uint16_t too_many_sign_ins = 4429;

// The client is pinged after half of this without a word from it, and dropped after the whole.
constexpr std::chrono::seconds silence{60};
// Snapshots in a row that a client may need to catch up without having been up to date in between.
constexpr int max_catch_ups = 3;

//            handshake          subscribe           close() or the client's close
//   opening ----------> waiting ----------> live --------------------------------> closing -> gone
//                          `---- close() ----------------------------------------->'
class Live final : public Peer, public LiveClient, public std::enable_shared_from_this<Live> {
  public:
    Live(net::ip::tcp::socket socket, std::string head, std::string remote, Desk& desk)
        : ws_(std::move(socket)), timer_(ws_.get_executor()), head_(std::move(head)), remote_(std::move(remote)),
          desk_(desk), subscriptions_(desk.limits.subscriptions, desk.limits.subscription_refill) {
        desk_.peers.insert(this);
    }

    ~Live() override {
        leave_channel();
        desk_.peers.erase(this);
    }

    void start() {
        beast::error_code ignored;
        lowest().set_option(net::ip::tcp::no_delay(true), ignored);
        lowest().set_option(net::socket_base::send_buffer_size(desk_.limits.live_send_buffer), ignored);
        websocket::stream_base::timeout timeout{};
        timeout.handshake_timeout = desk_.limits.header;
        timeout.idle_timeout = silence;
        timeout.keep_alive_pings = true;
        ws_.set_option(timeout);
        ws_.auto_fragment(false);
        ws_.text(true);
        ws_.async_accept(net::buffer(head_), [self = shared_from_this()](beast::error_code ec) {
            if (ec || self->state_ != State::opening)
                return self->finish();
            self->state_ = State::waiting;
            self->head_.clear();
            self->await_subscription();
            self->read();
        });
    }

    void shut_down() override {
        if (state_ == State::opening)
            finish();
        else
            close(websocket::close_code::going_away, "the server stops");
    }

    void pump() override {
        if (state_ != State::live || writing_)
            return;
        auto next = channel_->next(position_);
        if (!next) {
            catch_ups_ = 0;
            return;
        }
        if (next->snapshot && has_document_ && ++catch_ups_ > max_catch_ups)
            return close_as_slow();
        has_document_ = true;
        position_ = next->at;
        // What happened before the client came is no delay of ours.
        event_at_ = std::max(next->event_at, subscribed_at_);
        write(std::move(next->frame), next->snapshot ? FrameKind::snapshot : FrameKind::delta);
    }

    void check_stall(steady_clock::time_point now) override {
        if (writing_ && now - writing_since_ > desk_.limits.stalled)
            close_as_slow();
    }

    void beat(const Frame& heartbeat) override {
        // A client that is being sent something knows that we live.
        if (state_ == State::live && !writing_)
            write(heartbeat, FrameKind::heartbeat);
    }

    std::size_t behind() const override { return channel_ ? channel_->behind(position_) : 0; }

  private:
    enum class State { opening, waiting, live, closing, gone };

    // Without the member the client has no token. What is there and no text is a wrong one, as it is written.
    static std::string token_of(const json::object& subscription) {
        const auto* token = subscription.if_contains("token");
        return !token || token->is_string() ? text_or(subscription, "token") : json::serialize(*token);
    }

    net::ip::tcp::socket& lowest() { return beast::get_lowest_layer(ws_).socket(); }

    void await_subscription() {
        timer_.expires_after(desk_.limits.subscribe);
        timer_.async_wait([self = shared_from_this()](beast::error_code ec) {
            if (!ec && self->state_ == State::waiting)
                self->close(no_subscription, "no subscription in time");
        });
    }

    void read() {
        const auto room = desk_.limits.live_message_bytes + 1 - buffer_.size();
        ws_.async_read_some(buffer_, room, [self = shared_from_this()](beast::error_code ec, std::size_t) {
            if (ec)
                return self->finish();
            if (self->state_ == State::closing)
                return; // the close handshake reads the rest
            if (self->buffer_.size() > self->desk_.limits.live_message_bytes)
                return self->close(message_too_long, "message too long");
            if (self->ws_.is_message_done()) {
                self->on_message(beast::buffers_to_string(self->buffer_.data()));
                self->buffer_.consume(self->buffer_.size());
            }
            if (self->state_ != State::closing)
                self->read();
        });
    }

    void on_message(const std::string& text) {
        const auto message = ws_.got_text() ? parse_json(text) : Result<json::value>(nullptr);
        if (!message || !message->is_object() || text_or(message->get_object(), "type") != "subscribe")
            return close(websocket::close_code::policy_error, "not a subscription");
        // Each may cost a snapshot.
        if (!subscriptions_.take("", steady_clock::now()))
            return close(websocket::close_code::policy_error, "too many subscriptions");
        const auto& subscription = message->get_object();
        bool limited = false;
        const auto caller = desk_.sign_in(token_of(subscription), remote_, limited);
        if (!caller && limited)
            return close(too_many_sign_ins, "too many failed sign-ins from this address");
        if (!caller)
            return close(token_refused, "token refused");
        timer_.cancel();
        leave_channel();
        channel_ = &desk_.hub.channel(audience_of(*caller));
        desk_.subscribed(*channel_, *this);
        state_ = State::live;
        position_ = {text_or(subscription, "epoch"),
                     static_cast<std::uint64_t>(std::max<std::int64_t>(0, int_or(subscription, "seq")))};
        has_document_ = false;
        catch_ups_ = 0;
        subscribed_at_ = steady_clock::now();
        pump();
        // Nothing missed: say so, or the client would have to guess.
        beat(desk_.heartbeat());
    }

    void write(Frame frame, FrameKind kind) {
        writing_ = true;
        writing_since_ = steady_clock::now();
        const auto bytes = net::buffer(*frame);
        ws_.async_write(
            bytes, [self = shared_from_this(), frame = std::move(frame), kind](beast::error_code ec, std::size_t sent) {
                self->writing_ = false;
                if (ec)
                    return self->finish();
                self->desk_.metrics.frame_sent(kind, sent);
                if (kind != FrameKind::heartbeat)
                    self->desk_.metrics.frame_delay(steady_clock::now() - self->event_at_);
                self->pump();
            });
    }

    void close_as_slow() {
        desk_.metrics.closed_as_slow();
        close(websocket::close_code::try_again_later, "too slow; resume");
    }

    // Waits for a frame that is being sent, then for the client's answer, but not for long.
    void close(std::uint16_t code, std::string_view reason) {
        if (state_ == State::closing || state_ == State::gone)
            return;
        state_ = State::closing;
        leave_channel();
        timer_.expires_after(desk_.limits.closing);
        timer_.async_wait([self = shared_from_this()](beast::error_code ec) {
            if (!ec)
                self->finish();
        });
        websocket::close_reason why;
        why.code = code;
        why.reason.assign(reason.data(), reason.size());
        ws_.async_close(why, [self = shared_from_this()](beast::error_code) { self->finish(); });
    }

    void finish() {
        if (state_ == State::gone)
            return;
        state_ = State::gone;
        leave_channel();
        timer_.cancel();
        beast::error_code ignored;
        lowest().close(ignored);
    }

    void leave_channel() {
        if (channel_)
            desk_.unsubscribed(*channel_, *this);
        channel_ = nullptr;
    }

    websocket::stream<beast::tcp_stream, false> ws_; // without permessage-deflate
    net::steady_timer timer_;                        // for the subscription, then for the closing handshake
    beast::flat_buffer buffer_;
    std::string head_;
    const std::string remote_;
    Desk& desk_;
    RateLimit subscriptions_; // of the one key ""
    State state_ = State::opening;
    Channel* channel_ = nullptr; // while live
    Position position_;          // once the frame that is being sent has arrived
    bool has_document_ = false;  // was sent something since it subscribed
    int catch_ups_ = 0;
    bool writing_ = false;
    steady_clock::time_point writing_since_;
    steady_clock::time_point event_at_;
    steady_clock::time_point subscribed_at_;
};

} // namespace

void serve_live(net::ip::tcp::socket socket, std::string head, std::string remote, Desk& desk) {
    std::make_shared<Live>(std::move(socket), std::move(head), std::move(remote), desk)->start();
}

} // namespace testudo::web
