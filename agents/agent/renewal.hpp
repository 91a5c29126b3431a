#pragma once
#include <string>

// What makes a clone another machine than the one that it was cloned from. Failures are left alone: nobody could act on
// them, and each step stands for itself.
namespace testudo::agents {

// Fresh random numbers for the whole machine: all clones began with one state of the kernel's generator. `own` is
// something that no other machine has.
void reseed(const std::string& own);

// A new /etc/machine-id; and no SSH host keys, so that the next who needs them makes them anew.
void renew_identity();

} // namespace testudo::agents
