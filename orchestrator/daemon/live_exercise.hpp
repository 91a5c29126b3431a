#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/core/loop.hpp"
#include "orchestrator/daemon/exercise_folder.hpp"
#include "orchestrator/daemon/host.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::daemon {

struct LiveOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;
    std::filesystem::path ui;
    std::filesystem::path links; // "" = no file
    bool start = false;          // STARTEX as soon as every machine is ready
    std::string program;         // version, for the log
};

// Composition root of `testudo serve`: a provisioned range, its log, the exercise and the web server, tied together.
// Made and destroyed on the loop's thread; while it lives it holds the exercise's locks.
class LiveExercise {
  public:
    static Result<std::unique_ptr<LiveExercise>> open(Loop& loop, const ExerciseFolder& folder, const Host& host,
                                                      plan::Plan plan, const std::string& seed,
                                                      const LiveOptions& options);
    // Says in the log that the controller ends in good order; the range and the exercise stay as they are.
    ~LiveExercise();

    std::uint16_t port() const;

  private:
    struct Parts;
    explicit LiveExercise(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace testudo::daemon
