#pragma once
#include <cstdint>
#include <string>

#include "orchestrator/exercise/projection.hpp"

namespace testudo::exercise {

// What users of a team got of all that they asked for, as far as it could be judged.
struct Served {
    std::int64_t asked = 0;
    std::int64_t milli = 1'000; // thousandths; a slow answer counts half. All, while nothing was asked
};

Served served(const Projection& projection, const std::string& users, const std::string& team);

} // namespace testudo::exercise
