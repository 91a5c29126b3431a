#include "web/server/hub.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace testudo::web {
namespace {

// A reader who was away for a few minutes finds the deltas still here; who was away for longer takes a snapshot.
constexpr std::size_t kept_deltas = 1024;
constexpr std::size_t kept_bytes = 1024 * 1024;

std::string quoted(const std::string& text) {
    return json::serialize(json::string(text));
}

Frame snapshot_frame(const Position& at, const json::object& view) {
    return std::make_shared<const std::string>(fmt::format(R"({{"type":"snapshot","epoch":{},"seq":{},"view":{}}})",
                                                           quoted(at.epoch), at.seq, json::serialize(view)));
}

Frame delta_frame(const Position& at, std::uint64_t from, const json::object& patch) {
    return std::make_shared<const std::string>(
        fmt::format(R"({{"type":"delta","epoch":{},"seq":{},"from":{},"patch":{}}})", quoted(at.epoch), at.seq, from,
                    json::serialize(patch)));
}

} // namespace

void Channel::publish(Publication publication) {
    if (!publication.view)
        throw std::logic_error("a publication without a view");
    const bool has_delta = publication.from != 0;
    Frame frame;
    if (has_delta)
        frame = delta_frame(publication.at, publication.from, publication.patch);

    const std::lock_guard lock(mutex_);
    const bool follows = view_ && publication.at.epoch == latest_.epoch && has_delta &&
                         publication.from == latest_.seq && publication.at.seq > publication.from;
    if (follows) {
        delta_bytes_ += frame->size();
        deltas_.push_back({publication.from, publication.at.seq, std::move(frame), publication.event_at});
    } else {
        // A break in the chain: everybody gets a snapshot.
        deltas_.clear();
        delta_bytes_ = 0;
    }
    while (deltas_.size() > kept_deltas || delta_bytes_ > kept_bytes) {
        delta_bytes_ -= deltas_.front().frame->size();
        deltas_.pop_front();
    }
    latest_ = std::move(publication.at);
    view_ = std::move(publication.view);
    event_at_ = publication.event_at;
}

// Index of the delta that begins at the position; deltas_.size() if there is none.
std::size_t Channel::first_after(const Position& at) const {
    if (at.epoch != latest_.epoch)
        return deltas_.size();
    const auto it = std::lower_bound(deltas_.begin(), deltas_.end(), at.seq,
                                     [](const Delta& delta, std::uint64_t seq) { return delta.from < seq; });
    if (it == deltas_.end() || it->from != at.seq)
        return deltas_.size();
    return static_cast<std::size_t>(it - deltas_.begin());
}

std::size_t Channel::behind(const Position& at) const {
    const std::lock_guard lock(mutex_);
    return deltas_.size() - first_after(at);
}

std::optional<Channel::Next> Channel::next(const Position& at) {
    std::unique_lock lock(mutex_);
    if (!view_ || at == latest_)
        return std::nullopt;
    const auto first = first_after(at);
    if (first < deltas_.size()) {
        // Deltas as long as they are cheaper than a snapshot. Its size is known from the last one that was made; a
        // client who is here for the first delta has been sent one.
        std::size_t bytes = 0;
        const auto limit = snapshot_ ? snapshot_->size() : kept_bytes;
        auto i = first;
        while (i < deltas_.size() && bytes <= limit)
            bytes += deltas_[i++].frame->size();
        const auto& delta = deltas_[first];
        if (bytes <= limit || first + 1 == deltas_.size())
            return Next{delta.frame, {latest_.epoch, delta.seq}, false, delta.event_at};
    }
    if (snapshot_ && snapshot_at_ == latest_)
        return Next{snapshot_, snapshot_at_, true, event_at_};
    const auto view = view_;
    Next made{nullptr, latest_, true, event_at_};
    // The publisher need not wait for a large view to become text.
    lock.unlock();
    made.frame = snapshot_frame(made.at, *view);
    lock.lock();
    snapshot_ = made.frame;
    snapshot_at_ = made.at;
    return made;
}

void Hub::publish(const std::string& audience, Publication publication) {
    auto& to = channel(audience);
    to.publish(std::move(publication));
    const std::lock_guard lock(mutex_);
    const bool was_quiet = changed_.empty();
    changed_.insert(&to);
    if (was_quiet && wake_)
        wake_();
}

Channel& Hub::channel(const std::string& audience) {
    const std::lock_guard lock(mutex_);
    auto& slot = channels_[audience];
    if (!slot)
        slot = std::make_unique<Channel>();
    return *slot;
}

std::vector<Channel*> Hub::take_changed() {
    const std::lock_guard lock(mutex_);
    std::vector<Channel*> taken(changed_.begin(), changed_.end());
    changed_.clear();
    return taken;
}

void Hub::on_change(std::function<void()> wake) {
    const std::lock_guard lock(mutex_);
    wake_ = std::move(wake);
    if (wake_ && !changed_.empty())
        wake_();
}

} // namespace testudo::web
