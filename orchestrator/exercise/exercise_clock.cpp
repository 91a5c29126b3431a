#include "orchestrator/exercise/exercise_clock.hpp"

namespace testudo::exercise {

void ExerciseClock::set(ExerciseTime at, std::int64_t rate_milli, bool running) {
    since_ = clock_.steady();
    at_ = at;
    rate_milli_ = rate_milli;
    running_ = running;
}

ExerciseTime ExerciseClock::now() const {
    return running_ ? at_ + (clock_.steady() - since_) * rate_milli_ / 1000 : at_;
}

Millis ExerciseClock::until(ExerciseTime at) const {
    if (at <= at_)
        return Millis(0);
    const Millis from_base(((at - at_).count() * 1000 + rate_milli_ - 1) / rate_milli_);
    const auto gone = running_ ? clock_.steady() - since_ : Millis(0);
    return from_base > gone ? from_base - gone : Millis(0);
}

} // namespace testudo::exercise
