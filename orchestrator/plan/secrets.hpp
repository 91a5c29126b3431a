#pragma once
#include <string>
#include <string_view>

#include "orchestrator/core/json.hpp"

// Secrets are no part of a plan. They are derived from one random seed per provisioned exercise, kept in its state
// folder (mode 0600).
namespace testudo::plan {

// 64 hex digits that a machine's agent proves its identity with.
std::string agent_secret(std::string_view seed, std::string_view machine_id);
// A password a person can type: four groups of four letters and digits, from plan::User::credential.
std::string password(std::string_view seed, std::string_view credential);

// 64 hex digits that somebody signs in with; holder: "white", "instructor", "team/north".
std::string sign_in_token(std::string_view seed, std::string_view holder);

// What stands for such a password in a plan: `{{secret:north/db}}`. Expressions leave no braces behind, so nothing else
// in a plan looks like it.
std::string placeholder(std::string_view credential);
// The text, or a value with all texts inside it, with the passwords themselves.
std::string with_passwords(std::string_view seed, std::string_view text);
json::value with_passwords_inside(std::string_view seed, json::value value);

} // namespace testudo::plan
