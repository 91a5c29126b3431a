#include "orchestrator/daemon/publisher.hpp"

#include "orchestrator/core/digest.hpp"

namespace testudo::daemon {

exercise::Audience audience_for(const web::Caller& caller) {
    return {std::string(web::role_name(caller.role)), caller.team};
}

Publisher::Publisher(Loop& loop, web::Hub& hub, std::function<const exercise::Projection&()> projection,
                     exercise::ViewOptions options)
    : loop_(loop), hub_(hub), projection_(std::move(projection)), options_(std::move(options)), epoch_(random_hex(8)) {
    const auto add = [this](const web::Caller& caller) {
        shown_[web::audience_of(caller)].audience = audience_for(caller);
    };
    add({web::Role::white, "", ""});
    add({web::Role::instructor, "", ""});
    add({web::Role::everyone, "", ""});
    for (const auto& team : projection_().plan().teams)
        if (team.colour == "blue")
            add({web::Role::team, team.id, ""});
    publish();
}

Publisher::~Publisher() {
    loop_.cancel(timer_);
}

void Publisher::changed() {
    if (timer_ != 0)
        return;
    oldest_ = loop_.clock().steady();
    timer_ = loop_.after(gather, [this] {
        timer_ = 0;
        publish();
    });
}

void Publisher::publish() {
    const auto& projection = projection_();
    const auto seq = projection.state().seq();
    for (auto& [name, shown] : shown_) {
        // A position names one state, so without a new event there is nothing to say.
        if (shown.view && seq == shown.seq)
            continue;
        auto view = std::make_shared<const json::object>(exercise::build_view(projection, shown.audience, options_));
        web::Publication publication;
        publication.at = {epoch_, seq};
        publication.event_at = oldest_;
        if (shown.view) {
            publication.patch = merge_patch(*shown.view, *view);
            publication.from = shown.seq;
        }
        publication.view = view;
        shown.view = std::move(view);
        shown.seq = seq;
        hub_.publish(name, std::move(publication));
    }
}

} // namespace testudo::daemon
