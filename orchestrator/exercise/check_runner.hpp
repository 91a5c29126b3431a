#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "orchestrator/core/loop.hpp"
#include "orchestrator/exercise/exercise_clock.hpp"
#include "orchestrator/exercise/guests.hpp"
#include "orchestrator/exercise/recorder.hpp"
#include "scoring/verdict.hpp"

namespace testudo::exercise {

// Runs the checks while the exercise clock runs. Window k of a check is its k-th period; every instance of a check is
// probed once in every window, at its own fixed offset, and re-probed at once when that fails. Each probe becomes an
// event; what it means is scoring's business.
class CheckRunner {
  public:
    CheckRunner(Loop& loop, const plan::Plan& plan, const ExerciseClock& clock, Guests& guests, Recorder& recorder);
    ~CheckRunner();
    CheckRunner(const CheckRunner&) = delete;
    CheckRunner& operator=(const CheckRunner&) = delete;

    // Never probes a window twice: told of those that the log has seen already.
    void seen(const Event& sample);
    void start();
    // Answers that are still on their way are not recorded: time that is paused is not judged.
    void stop();

    // Offset of a check's probe in its window: the reference in the first tenth, teams in the six that follow, so that
    // re-checks end within the window. Fixed by plan and check, unrelated between checks.
    static Millis offset(const std::string& seed, const plan::Check& check);

    // Exercise time at which a check is probed in a window: at its offset, or, for what users do, at a moment drawn by
    // lot from exercise, check and window.
    static Millis instant(const std::string& seed, const plan::Check& check, std::int64_t window);

  private:
    struct Probe { // one window of one check on its way to a verdict
        std::size_t check;
        std::int64_t window;
        std::vector<scoring::Probe> attempts;
    };
    void schedule(std::size_t check);
    void probe(std::shared_ptr<Probe> probe);
    void answer(std::shared_ptr<Probe> probe, const std::string& vantage, const Result<json::object>& reply);
    std::string vantage_for(const plan::Check& check, bool recheck) const;

    Loop& loop_;
    const plan::Plan& plan_;
    const ExerciseClock& clock_;
    Guests& guests_;
    Recorder& recorder_;
    struct Course {
        Millis offset{0};
        std::int64_t last_window = -1;
        TimerId timer = 0;
    };
    std::vector<Course> courses_;  // as plan.checks
    std::shared_ptr<int> running_; // null when stopped; callbacks hold it weakly
};

} // namespace testudo::exercise
