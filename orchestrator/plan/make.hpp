#pragma once
#include <optional>

#include "orchestrator/plan/plan.hpp"
#include "orchestrator/template/report.hpp"
#include "orchestrator/template/template.hpp"

namespace testudo::plan {

// Decides everything that a template leaves open. Pure: the same template gives the same plan. What is wrong is added
// to `diagnostics`, which come from loading the template and are put in the order of the text; with an error among them
// there is no plan.
std::optional<Plan> make(const template_::Template& source, template_::Diagnostics& diagnostics);

} // namespace testudo::plan
