#pragma once
#include <string>
#include <string_view>

// Secrets are no part of a plan. They are derived from one random seed per provisioned exercise, kept in its state
// folder (mode 0600).
namespace testudo::plan {

// 64 hex digits that a machine's agent proves its identity with.
std::string agent_secret(std::string_view seed, std::string_view machine_id);
// A password a person can type: four groups of four letters and digits, from plan::User::credential.
std::string password(std::string_view seed, std::string_view credential);

// 64 hex digits that somebody signs in with; holder: "white", "instructor", "team/north".
std::string sign_in_token(std::string_view seed, std::string_view holder);

} // namespace testudo::plan
