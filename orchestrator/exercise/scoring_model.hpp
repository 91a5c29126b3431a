#pragma once
#include "orchestrator/plan/plan.hpp"
#include "scoring/model.hpp"

namespace testudo::exercise {

// What the plan says about winning and losing, in scoring's words. Blue teams are scored, the others are not.
scoring::Model scoring_model(const plan::Plan& plan);

} // namespace testudo::exercise
