#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/exercise/exercise_clock.hpp"
#include "orchestrator/exercise/projection.hpp"

namespace testudo::exercise {

// The one place where events are made, written, folded and told to observers, in this order. What is written has
// happened; what could not be written has not.
class Recorder {
  public:
    using Observer = std::function<void(const std::vector<Event>&)>;
    // The log cannot be written (an error), or can again (none).
    using Fault = std::function<void(const std::optional<Error>&)>;

    Recorder(Loop& loop, EventStore& store, Projection& projection, ExerciseClock& clock, Observer observer,
             Fault fault);
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    // Stamped with the time of now.
    Event make(std::string kind, std::string scope, json::object body, std::string label = "") const;

    // Written before it returns, after everything noted before. On failure these events are dropped.
    Result<void> commit(std::vector<Event> events);
    // Written with others of this turn of the loop, in one step; kept and tried again if that fails.
    void note(Event event);
    Result<void> flush() { return commit({}); }

    const std::optional<Error>& fault() const { return fault_; }

  private:
    void retry();

    Loop& loop_;
    EventStore& store_;
    Projection& projection_;
    ExerciseClock& clock_;
    Observer observer_;
    Fault on_fault_;
    std::vector<Event> noted_;
    bool flush_posted_ = false;
    std::optional<Error> fault_;
    TimerId retry_timer_ = 0;
    std::shared_ptr<int> alive_ = std::make_shared<int>(0); // posted tasks hold it weakly
};

} // namespace testudo::exercise
