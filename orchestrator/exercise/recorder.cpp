#include "orchestrator/exercise/recorder.hpp"

namespace testudo::exercise {
namespace {

constexpr Millis retry_period{2'000};

} // namespace

Recorder::Recorder(Loop& loop, EventStore& store, Projection& projection, ExerciseClock& clock, Observer observer,
                   Fault fault)
    : loop_(loop), store_(store), projection_(projection), clock_(clock), observer_(std::move(observer)),
      on_fault_(std::move(fault)) {}

Recorder::~Recorder() {
    loop_.cancel(retry_timer_);
}

Event Recorder::make(std::string kind, std::string scope, json::object body, std::string label) const {
    Event event;
    event.wall_ms = loop_.clock().wall().time_since_epoch().count();
    event.exercise_ms = projection_.state().was_started() ? clock_.now().count() : -1;
    event.kind = std::move(kind);
    event.scope = std::move(scope);
    event.label = std::move(label);
    event.body = std::move(body);
    return event;
}

Result<void> Recorder::commit(std::vector<Event> events) {
    std::vector<Event> batch = noted_;
    batch.insert(batch.end(), std::make_move_iterator(events.begin()), std::make_move_iterator(events.end()));
    if (batch.empty())
        return {};
    if (const auto written = store_.append(batch); !written) {
        const bool news = !fault_;
        fault_ = written.error();
        if (news) {
            retry_timer_ = loop_.after(retry_period, [this] { retry(); });
            on_fault_(fault_);
        }
        return tl::unexpected(written.error());
    }
    noted_.clear();
    for (const auto& event : batch)
        projection_.apply(event);
    observer_(batch);
    if (fault_) {
        fault_.reset();
        loop_.cancel(retry_timer_);
        on_fault_(fault_);
    }
    return {};
}

void Recorder::note(Event event) {
    noted_.push_back(std::move(event));
    if (flush_posted_)
        return;
    flush_posted_ = true;
    loop_.post([this, weak = std::weak_ptr(alive_)] {
        if (weak.expired())
            return;
        flush_posted_ = false;
        if (!fault_)
            (void)flush();
    });
}

void Recorder::retry() {
    (void)flush();
    if (fault_)
        retry_timer_ = loop_.after(retry_period, [this] { retry(); });
}

} // namespace testudo::exercise
