#pragma once
#include <functional>
#include <optional>
#include <string>

#include "orchestrator/exercise/projection.hpp"

// What an audience sees, as docs/views.md says. Everything that an audience may not see is left out here and nowhere
// else.
namespace testudo::exercise {

struct Audience {
    std::string role; // "white", "instructor", "team", "public"
    std::string team; // of role "team"

    bool sees_all() const { return role == "white" || role == "instructor"; }
};

struct ViewOptions {
    bool replay = false;
    // Shown as the clock's value, standing still; otherwise the clock is as of the last event, and in a replay stands
    // still there.
    std::optional<ExerciseTime> at;
    // Password of plan::User::credential; empty function: logins are left out (a replay has no secrets).
    std::function<std::string(const std::string& credential)> password;
};

json::object build_view(const Projection& projection, const Audience& audience, const ViewOptions& options = {});

// `{duration_ms, wall_start_ms, markers}`
json::object moments_json(const Projection& projection, const Audience& audience);
// `{team, total_milli, items}`. A team is told that it was attacked and what it cost, not by which inject of the
// timeline.
json::object why_json(const Projection& projection, const std::string& team, const Audience& audience);

} // namespace testudo::exercise
