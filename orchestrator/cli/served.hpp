#pragma once
#include <string>

#include "orchestrator/core/error.hpp"
#include "orchestrator/core/json.hpp"
#include "orchestrator/daemon/exercise_folder.hpp"

namespace testudo::cli {

// The controller that serves an exercise on this machine, as its operator speaks to it.
class Served {
  public:
    // "controller.absent" if nobody serves it.
    static Result<Served> find(const daemon::ExerciseFolder& folder);

    // The body of a good answer; what was wrong otherwise ("controller.refused", in the controller's words).
    Result<std::string> post(const std::string& path, const json::object& body) const;
    Result<std::string> get(const std::string& path) const;
    // Waits until no machines are being kept or made anew, and gives what GET /api/v1/range/snapshots answers then.
    Result<json::object> range_at_rest() const;

  private:
    Result<std::string> send(const std::string& method, const std::string& path, const std::string& body) const;

    std::string exercise_;
    json::object access_;
};

} // namespace testudo::cli
