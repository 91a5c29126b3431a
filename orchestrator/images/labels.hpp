#pragma once
#include <vector>

#include "orchestrator/images/image.hpp"
#include "orchestrator/plan/plan.hpp"

namespace testudo::images {

// Who gets a machine gets what is in its image. So an image may not be of a higher classification than the machine (or,
// where that has no label, the exercise), nor withheld from a nation of a team that has the machine; and where their
// policies differ nobody can compare them. "image.label" for each machine's name that is made from one that is
// withheld so. Images that cannot be read are none of this function's affair.
std::vector<Error> withheld(const plan::Plan& plan, const std::filesystem::path& store);

} // namespace testudo::images
