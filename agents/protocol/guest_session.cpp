#include "agents/protocol/guest_session.hpp"

#include <algorithm>
#include <utility>

#include "orchestrator/core/digest.hpp"

namespace testudo::agents {

GuestSession::GuestSession(Loop& loop, std::string secret, std::string machine, OpenGuestChannel open,
                           std::function<void(const State&)> on_state)
    : loop_(loop), secret_(std::move(secret)), machine_(std::move(machine)), open_(std::move(open)),
      on_state_(std::move(on_state)), reader_([this](const Frame& frame) { take(frame); }) {}

GuestSession::~GuestSession() {
    loop_.cancel(timer_);
    for (const auto& [id, pending] : pending_)
        loop_.cancel(pending.timer);
}

void GuestSession::start() {
    open();
}

TimerId GuestSession::later(Millis delay, void (GuestSession::*what)()) {
    return loop_.after(delay, [this, what] { (this->*what)(); });
}

void GuestSession::open() {
    open_([this, alive = std::weak_ptr(alive_)](Result<std::unique_ptr<GuestChannel>> opened) {
        if (alive.expired())
            return;
        if (!opened)
            return lose(opened.error().text());
        greet(std::move(*opened));
    });
}

void GuestSession::greet(std::unique_ptr<GuestChannel> channel) {
    channel_ = std::move(channel);
    handshake_.emplace(secret_, machine_, random_hex(16));
    reader_ = FrameReader([this](const Frame& frame) { take(frame); });
    channel_->listen({[this](std::string_view bytes) { reader_.receive(bytes); },
                      [this](const Error& error) { lose(error.text()); }});
    send_hello(hellos_per_channel);
}

void GuestSession::send_hello(int left) {
    if (left == 0)
        return lose("agent.silent: no answer to the greeting");
    channel_->write(handshake_->hello());
    timer_ = loop_.after(hello_period, [this, left] { send_hello(left - 1); });
}

void GuestSession::take(const Frame& frame) {
    if (!handshake_)
        return;
    if (!handshake_->done()) {
        const auto line = handshake_->receive(frame);
        if (!line.empty())
            channel_->write(line);
        if (!handshake_->done())
            return;
        loop_.cancel(timer_);
        heard_ = loop_.clock().steady();
        timer_ = later(watch_period, &GuestSession::watch);
        back_off_ = first_back_off;
        state_ = {true, handshake_->agent().boot, ""};
        on_state_(state_);
        return;
    }
    if (frame.mac == no_mac && text_or(frame.body, "op") == "no-session")
        return doubt();
    const auto body = handshake_->link().open(frame);
    if (!body)
        return;
    ++frames_heard_;
    heard_ = loop_.clock().steady();
    if (const auto answer = answer_from_json(*body))
        take_answer(*answer);
}

void GuestSession::take_answer(const Answer& answer) {
    const auto node = pending_.extract(answer.to);
    if (node.empty())
        return;
    loop_.cancel(node.mapped().timer);
    if (answer.reply)
        return node.mapped().done(*answer.reply);
    const auto& refusal = answer.reply.error();
    if (refusal.code == "refused.repeated" && !refusal.result.empty()) {
        auto result = refusal.result;
        result["repeated"] = true;
        return node.mapped().done(std::move(result));
    }
    node.mapped().done(fail(refusal.code, machine_, refusal.message));
}

void GuestSession::watch() {
    const auto silence = loop_.clock().steady() - heard_;
    if (silence > longest_silence)
        return lose("agent.silent: no answer any more");
    if (silence >= watch_period)
        ask_for_life();
    timer_ = later(watch_period, &GuestSession::watch);
}

void GuestSession::ask_for_life() {
    channel_->write(handshake_->link().seal({{"id", "watch"}, {"op", "status"}, {"brief", true}}));
}

// Somebody at the other end says that it knows no session. That is no proof, so it only makes us look now.
void GuestSession::doubt() {
    if (std::exchange(doubting_, true))
        return;
    ask_for_life();
    loop_.cancel(timer_);
    timer_ = loop_.after(doubt_period, [this, before = frames_heard_] {
        doubting_ = false;
        if (frames_heard_ == before)
            return lose("agent.restarted: it knows no session");
        watch();
    });
}

void GuestSession::lose(const std::string& reason) {
    loop_.cancel(timer_);
    if (channel_)
        channel_->close();
    // The channel or the reader may be what is calling: let them go later.
    if (channel_)
        loop_.post([dead = std::shared_ptr(std::move(channel_))] {});
    handshake_.reset();
    doubting_ = false;
    const auto was_connected = std::exchange(state_.connected, false);
    const auto news = was_connected || state_.reason != reason;
    state_.reason = reason;
    timer_ = later(back_off_, &GuestSession::open);
    back_off_ = std::min(back_off_ * 2, longest_back_off);
    give_up(reason);
    if (news)
        on_state_(state_);
}

void GuestSession::give_up(const std::string& reason) {
    for (auto& [id, pending] : std::exchange(pending_, {})) {
        loop_.cancel(pending.timer);
        loop_.post([done = std::move(pending.done), error = fail("agent.lost", machine_, reason)] { done(error); });
    }
}

void GuestSession::request(std::string op, json::object body, Millis timeout, Done done) {
    if (!state_.connected) {
        loop_.post([done = std::move(done), error = fail("agent.away", machine_,
                                                         state_.reason.empty() ? "the agent has not answered yet"
                                                                               : state_.reason)] { done(error); });
        return;
    }
    const auto id = "r" + std::to_string(next_request_++);
    const auto line = handshake_->link().seal(to_json(Request{id, std::move(op), std::move(body)}));
    if (line.size() > max_line) {
        loop_.post([done = std::move(done), error = fail("refused.params", machine_,
                                                         "the request is longer than a line may be")] { done(error); });
        return;
    }
    channel_->write(line);
    const auto timer = loop_.after(timeout, [this, id, timeout] {
        const auto node = pending_.extract(id);
        node.mapped().done(
            fail("agent.timeout", machine_, "no answer within " + std::to_string(timeout.count()) + " ms"));
    });
    pending_.emplace(id, Pending{std::move(done), timer});
}

} // namespace testudo::agents
